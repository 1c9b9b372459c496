namespace FineTune.Tests.Browser;

/// <summary>The report in a browser, where the machine has one; scripts/check-report.sh installs one, and axe-core.</summary>
[Collection(Serial.Name)]
public sealed class ReportInBrowserTests(HostileRun run) : IClassFixture<HostileRun>
{
    [SkippableTheory]
    [InlineData(1200, false)]
    [InlineData(1200, true)]
    [InlineData(400, false)]
    [InlineData(400, true)]
    public async Task The_report_loads_nothing_runs_nothing_and_fits_the_window(int width, bool dark)
    {
        Skip.If(Chromium.Program is null, "there is no Chromium on this machine");

        await Look(run.First.Report, width, dark);
    }

    private static async Task Look(string page, int width, bool dark)
    {
        using var browser = await Chromium.Start();
        var visit = await PageVisit.Open(browser, page, width, dark);

        visit.Complaints.ShouldBeEmpty();
        visit.Requests.ShouldBeEmpty();
        visit.Width.ShouldBeLessThanOrEqualTo(width);
        visit.Faults.ShouldBeEmpty();
    }
}
