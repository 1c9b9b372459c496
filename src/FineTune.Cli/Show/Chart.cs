using System.Globalization;
using System.Text;

namespace FineTune.Cli.Show;

/// <summary>A line as text: braille dots, two across and four down a character.</summary>
internal static class Chart
{
    private const int DotsAcross = 2, DotsDown = 4;
    private const char Blank = '\u2800'; // braille pattern without dots; bits as Unicode numbers them
    private static readonly int[,] Bits = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <summary>Draws points that are joined by straight lines, with the ends of both axes.</summary>
    /// <param name="points">In order of x; at least one.</param>
    /// <param name="width">Characters across.</param>
    /// <param name="height">Lines.</param>
    /// <param name="low">The value at the bottom.</param>
    /// <param name="high">The value at the top, above the bottom.</param>
    /// <param name="xLabels">What stands under the two ends.</param>
    public static IReadOnlyList<string> Lines(
        IReadOnlyList<(double X, double Y)> points, int width, int height, double low, double high, (string Left, string Right) xLabels)
    {
        var cells = new int[height, width];
        var (x0, x1) = (points[0].X, Math.Max(points[^1].X, points[0].X + double.Epsilon));
        var previous = Dot(points[0]);
        foreach (var point in points)
        {
            var next = Dot(point);
            Join(cells, previous, next);
            previous = next;
        }

        var labels = new[] { Number(high), Number(low) };
        var margin = labels.Max(l => l.Length);
        var lines = new List<string>();
        for (var row = 0; row < height; row++)
        {
            var line = new StringBuilder((row == 0 ? labels[0] : row == height - 1 ? labels[1] : string.Empty).PadLeft(margin))
                .Append(" │");
            for (var column = 0; column < width; column++)
                line.Append((char)(Blank + cells[row, column]));
            lines.Add(line.ToString());
        }

        lines.Add(new string(' ', margin) + " └" + new string('─', width));
        lines.Add(new string(' ', margin + 2) + xLabels.Left + xLabels.Right.PadLeft(Math.Max(1, width - xLabels.Left.Length)));
        return lines;

        (int X, int Y) Dot((double X, double Y) p) => (
            (int)Math.Round((p.X - x0) / (x1 - x0) * ((width * DotsAcross) - 1)),
            (int)Math.Round((high - Math.Clamp(p.Y, low, high)) / (high - low) * ((height * DotsDown) - 1)));
    }

    private static void Join(int[,] cells, (int X, int Y) a, (int X, int Y) b)
    {
        var steps = Math.Max(1, Math.Max(Math.Abs(b.X - a.X), Math.Abs(b.Y - a.Y)));
        for (var k = 0; k <= steps; k++)
        {
            var (x, y) = (a.X + ((b.X - a.X) * k / steps), a.Y + ((b.Y - a.Y) * k / steps));
            cells[y / DotsDown, x / DotsAcross] |= Bits[y % DotsDown, x % DotsAcross];
        }
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
