using System.Text.RegularExpressions;
using System.Xml.Linq;
using FineTune.Diagnose.Race;

namespace FineTune.Tests.Diagnose;

public sealed class RacePageTests
{
    [Fact]
    public void The_page_stands_alone_and_holds_every_track()
    {
        var surface = Surfaces.Find("saddle", new SurfaceOptions());
        var tracks = OptimizerRace.Run(
            surface,
            [new("sgd"), new NamedSpec("adam").With("lr", 0.1), new("newton")],
            new RaceOptions { Steps = 40 });
        var page = RacePage.Render(surface, tracks);
        Regex.Matches(page, "https?://|src=|href=|@import|url\\((?!#)").ShouldBeEmpty();
        var svg = XElement.Parse(Regex.Match(page, "<svg id=\"plane\".*?</svg>", RegexOptions.Singleline).Value);
        var paths = svg.Descendants("g")
            .Where(g => ((string?)g.Attribute("class") ?? string.Empty).StartsWith("track", StringComparison.Ordinal))
            .Select(g => ((string)g.Elements("polyline").Last().Attribute("points")!).Split(' ').Length);
        paths.ShouldBe([41, 41, 41]);
        page.ShouldContain("adam (lr 0.1)");
        page.ShouldContain("stuck");
    }

    [Fact]
    public void A_path_that_leaves_for_infinity_is_still_drawn()
    {
        var surface = Surfaces.Find("rosenbrock", new SurfaceOptions());
        var tracks = OptimizerRace.Run(surface, [new NamedSpec("sgd").With("lr", 1)], new RaceOptions());
        tracks[0].Outcome.ShouldBe(Outcome.Diverged);
        Regex.IsMatch(RacePage.Render(surface, tracks), "NaN|∞|Infinity").ShouldBeFalse();
    }

    [Fact]
    public void Outlines_enclose_the_area_below_their_level()
    {
        var circle = new Contours(p => p.Dot(p), new Point(-2, -2), new Point(2, 2), 150);
        Area(circle.Below(1).ShouldHaveSingleItem()).ShouldBe(Math.PI, 0.01);
        Area(circle.Below(100).ShouldHaveSingleItem()).ShouldBe(16, 1e-9); // the whole rectangle
        circle.Below(-1).ShouldBeEmpty();
        var ring = new Contours(p => Math.Abs(p.Length - 1.2), new Point(-2, -2), new Point(2, 2), 150).Below(0.3);
        ring.Count.ShouldBe(2);
        ring.Sum(Area).ShouldBe(Math.PI * ((1.5 * 1.5) - (0.9 * 0.9)), 0.02); // a hole runs the other way
    }

    private static double Area(IReadOnlyList<Point> outline) =>
        0.5 * outline.Select((p, k) => (p, q: outline[(k + 1) % outline.Count])).Sum(e => (e.p.X * e.q.Y) - (e.q.X * e.p.Y));
}
