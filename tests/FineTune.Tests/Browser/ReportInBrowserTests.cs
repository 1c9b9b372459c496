namespace FineTune.Tests.Browser;

/// <summary>The report in a browser, where the machine has one; scripts/check-report.sh installs one, and axe-core.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ReportInBrowserTests(HostileRun run) : IClassFixture<HostileRun>
{
    [SkippableTheory]
    [InlineData("report", 1200, false)]
    [InlineData("report", 1200, true)]
    [InlineData("report", 400, false)]
    [InlineData("report", 400, true)]
    [InlineData("compare", 1200, false)]
    [InlineData("compare", 1200, true)]
    [InlineData("compare", 400, false)]
    [InlineData("compare", 400, true)]
    [InlineData("ensemble", 1200, false)]
    [InlineData("ensemble", 1200, true)]
    [InlineData("ensemble", 400, false)]
    [InlineData("ensemble", 400, true)]
    public async Task A_page_loads_nothing_runs_nothing_and_fits_the_window(string kind, int width, bool dark)
    {
        Skip.If(Chromium.Program is null, "there is no Chromium on this machine");
        var page = run.Page(kind);

        using var browser = await Chromium.Start();
        var visit = await PageVisit.Open(browser, page, width, dark);

        visit.Complaints.ShouldBeEmpty();
        visit.Requests.ShouldBeEmpty();
        visit.Width.ShouldBeLessThanOrEqualTo(width);
        visit.Faults.ShouldBeEmpty();
    }
}
