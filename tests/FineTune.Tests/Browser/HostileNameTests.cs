using FineTune.Tests.Experiment;

namespace FineTune.Tests.Browser;

/// <summary>Names from folders are text in every page, whether a browser is there to look or not.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class HostileNameTests(HostileRun run) : IClassFixture<HostileRun>
{
    [SkippableTheory]
    [InlineData("report")]
    [InlineData("compare")]
    [InlineData("ensemble")]
    public void A_page_has_no_markup_of_names_and_asks_for_nothing_from_elsewhere(string kind)
    {
        var html = File.ReadAllText(run.Page(kind));

        Markup.Problems(html).ShouldBeEmpty();
        html.ShouldContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'");
        html.ShouldNotContain("<script");
        foreach (var name in HostileRun.Names)
            html.ShouldNotContain(name);
    }

    [Theory]
    [InlineData("<p onload=\"x\">")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x>")]
    [InlineData("<img src=\"https://example.org/a.png\">")]
    [InlineData("<p title=\"a\"onload=\"b\">")]
    [InlineData("a < b")]
    [InlineData("<style>a { background: url(https://example.org) }</style>")]
    public void What_a_page_must_not_have_is_seen(string html) => Markup.Problems(html).ShouldNotBeEmpty();
}
