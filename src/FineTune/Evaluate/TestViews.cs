using System.Globalization;
using FineTune.Augment;
using FineTune.Models;

namespace FineTune.Evaluate;

/// <summary>A view of every image.</summary>
/// <param name="Name">Such as "top left".</param>
/// <param name="Transforms">What a network with this input sees.</param>
/// <param name="Draw">Which draw of random transforms; 0 for others.</param>
public sealed record TestView(string Name, Func<Preprocessing, Pipeline> Transforms, long Draw = 0);

/// <summary>
/// Test-time augmentation: the views of an image over which a classifier's probabilities are averaged (Krizhevsky et al. 2012,
/// section 4.1).
/// </summary>
public sealed class TestViews
{
    private const string Flip = "flip", FiveCrop = "five-crop", TenCrop = "ten-crop", Scales = "scales", Random = "random";
    private const int MostRandom = 1000;
    private const double Margin = 256.0 / 224; // of images that are taken as they are, before a corner is cut out
    private static readonly double[] Factors = [1, 0.875, 1.125]; // of the length of the shorter side

    private TestViews(string name, IReadOnlyList<TestView> views) => (Name, Views) = (name, views);

    /// <summary>The evaluation view alone.</summary>
    public static TestViews One { get; } = new("none", [Plain]);

    /// <summary>What <see cref="Parse"/> takes, for messages.</summary>
    public static string Words => "flip, five-crop, ten-crop, scales or random:K, or scales+flip and its like";

    /// <summary>As the command line writes them.</summary>
    public string Name { get; }

    /// <summary>At least one.</summary>
    public IReadOnlyList<TestView> Views { get; }

    private static TestView Plain => new("centre", p => Augmentations.Evaluation(p.InputSize, p.ResizeTo, p.Interpolation));

    /// <summary>Views by their names.</summary>
    /// <param name="text">none; flip: the image and its mirror image; five-crop: the centre and the corners; ten-crop: these and
    /// their mirror images; scales: the shorter side resized to 1, 0.875 and 1.125 times its length; random:K: K draws of the
    /// augmentation light. +flip adds the mirror image of each.</param>
    /// <exception cref="FineTuneException">Another text.</exception>
    public static TestViews Parse(string text)
    {
        if (text == One.Name)
            return One;
        var parts = text.Split('+');
        if (parts.Length == 1 && parts[0] == Flip)
            return new TestViews(text, Mirrored([Plain]));
        var views = Base(parts[0]);
        var flips = parts is [_, Flip];
        return views is not null && (flips || parts.Length == 1) && !(flips && parts[0] == TenCrop)
            ? new TestViews(text, flips ? Mirrored(views) : views)
            : throw new FineTuneException($"Views '{text}'; {Words} is allowed, with K from 1 to {MostRandom}.");
    }

    private static IReadOnlyList<TestView>? Base(string text) => text switch
    {
        FiveCrop => Five,
        TenCrop => Mirrored(Five),
        Scales => [.. Factors.Select(f => new TestView(FormattableString.Invariant($"scale {f}"), p => Scaled(p, f)))],
        _ => text.Split(':') is [Random, var k]
            && int.TryParse(k, NumberStyles.None, CultureInfo.InvariantCulture, out var draws)
            && draws is >= 1 and <= MostRandom
            ? [.. Enumerable.Range(0, draws).Select(d => new TestView($"random {d + 1}", Shifted, d))]
            : null,
    };

    private static IReadOnlyList<TestView> Five =>
    [
        new("centre", p => new Pipeline(new ResizeShorter(Resized(p), p.Interpolation), new CenterCrop(p.InputSize))),
        Corner("top left", right: false, bottom: false),
        Corner("top right", right: true, bottom: false),
        Corner("bottom left", right: false, bottom: true),
        Corner("bottom right", right: true, bottom: true),
    ];

    private static TestView Corner(string name, bool right, bool bottom) =>
        new(name, p => new Pipeline(new ResizeShorter(Resized(p), p.Interpolation), new CornerCrop(p.InputSize, right, bottom)));

    private static Pipeline Scaled(Preprocessing p, double factor) =>
        new(new ResizeShorter((int)Math.Round(factor * (p.ResizeTo ?? p.InputSize)), p.Interpolation), new CenterCrop(p.InputSize));

    private static Pipeline Shifted(Preprocessing p) =>
        Augmentations.Train(AugmentSpec.Of("light"), p.InputSize, p.ResizeTo, p.Interpolation);

    /// <summary>The shorter side before a crop that can be moved: as in evaluation, where something is cut off then.</summary>
    private static int Resized(Preprocessing p) =>
        p.ResizeTo is { } resize && resize > p.InputSize ? resize : (int)Math.Round(Margin * p.InputSize);

    private static IReadOnlyList<TestView> Mirrored(IReadOnlyList<TestView> views) =>
    [
        .. views.SelectMany(v => new[]
        {
            v,
            v with { Name = $"{v.Name}, mirrored", Transforms = p => new Pipeline([.. v.Transforms(p).Transforms, new HorizontalFlip(1)]) },
        }),
    ];
}
