using FineTune.Images;

namespace FineTune.Augment;

/// <summary>
/// The table of augmentations. A new transform is a file beside this one and a row of <see cref="Transforms"/>; a new
/// preset is a row of <see cref="Presets"/>.
/// </summary>
public static class Augmentations
{
    private const int CifarPadding = 4; // He et al. 2015, section 4.2
    private const int LightPadding = 8; // an eighth of the input: what 4 pixels are to CIFAR's 32

    /// <summary>Every transform that a recipe can name.</summary>
    public static IReadOnlyList<AugmentTransform> Transforms { get; } =
    [
        new("resize", "resize the shorter side to a given length", [Size("shorter side")],
            (o, input) => new ResizeShorter(o.Integer("size", input))),
        new("resize_exact", "resize to a given height and width", [Side("height"), Side("width")],
            (o, input) => new ResizeExact(o.Integer("height", input), o.Integer("width", input))),
        new("center_crop", "crop a square from the centre; a smaller image is padded with black", [Size("side")],
            (o, input) => new CenterCrop(o.Integer("size", input))),
        new(
            "random_resized_crop",
            "crop a rectangle of random area, aspect ratio and position, and resize it to a square",
            [
                Size("side"),
                new("scale", $"{RandomResizedCrop.DefaultScale}", "area as a fraction of the image's, above 0 to 1"),
                new("ratio", $"{RandomResizedCrop.DefaultRatio}", "aspect ratio, width / height, above 0"),
            ],
            (o, input) => new RandomResizedCrop(
                o.Integer("size", input),
                o.Range("scale", RandomResizedCrop.DefaultScale),
                o.Range("ratio", RandomResizedCrop.DefaultRatio))),
        new(
            "random_crop",
            "pad the image and crop a square at a random position",
            [Size("side"), new("padding", "0", "padding on each side in pixels"), new("fill", "0", "grey value of the padding, 0 to 255")],
            (o, input) => new RandomCrop(
                o.Integer("size", input),
                o.Integer("padding", 0),
                (byte)Allowed.Within("fill of the random crop", o.Integer("fill", 0), 0, 255))),
        new("horizontal_flip", "flip left to right at random", [new("p", "0.5", "probability, 0 to 1")],
            (o, _) => new HorizontalFlip(o.Number("p", 0.5))),
        new(
            "color_jitter",
            "change brightness, contrast, saturation and hue at random, in random order",
            [
                new("brightness", "0", "x; the factor is from [max(0, 1 - x), 1 + x]"),
                new("contrast", "0", "x; the factor is from [max(0, 1 - x), 1 + x]"),
                new("saturation", "0", "x; the factor is from [max(0, 1 - x), 1 + x]"),
                new("hue", "0", "x, 0 to 0.5; the hue shift is from [-x, x] (1 is the full circle)"),
            ],
            (o, _) => new ColorJitter(o.Number("brightness", 0), o.Number("contrast", 0), o.Number("saturation", 0), o.Number("hue", 0))),
    ];

    /// <summary>Every preset that a recipe can name.</summary>
    public static IReadOnlyList<AugmentPreset> Presets { get; } =
    [
        new("none", "no augmentation: resize and centre crop as in evaluation",
            Evaluation),
        new("tutorial", "random resized crop and flip: the official PyTorch transfer-learning tutorial",
            (input, _, filter) => new Pipeline(new RandomResizedCrop(input, interpolation: filter), new HorizontalFlip())),
        new("lecture", "random resized crop, flip, and colour jitter of 0.4, 0.4, 0.4 and hue 0.1",
            (input, _, filter) => new Pipeline(
                new RandomResizedCrop(input, interpolation: filter), new HorizontalFlip(), new ColorJitter(0.4, 0.4, 0.4, 0.1))),
        new("cifar", "random crop with a padding of 4 pixels, and flip: He et al. 2015 on CIFAR-10",
            Shifted(CifarPadding)),
        new("light", "centre crop shifted by up to an eighth of the input, and flip",
            (input, resize, filter) => Shifted(input / LightPadding)(input, resize, filter)),
    ];

    /// <summary>What the network is trained on.</summary>
    /// <param name="spec">A preset, or transforms in order.</param>
    /// <param name="inputSize">The model's input in pixels a side; the default of every size.</param>
    /// <param name="resize">The shorter side before a crop, as for <see cref="Evaluation"/>.</param>
    /// <param name="interpolation">The filter of a preset's resizes; transforms given in order are bilinear.</param>
    /// <exception cref="FineTuneException">A name is unknown, or an option is out of range.</exception>
    public static Pipeline Train(AugmentSpec spec, int inputSize, int? resize, Interpolation interpolation = Interpolation.Bilinear)
    {
        if (spec.Preset is null)
            return new Pipeline([.. spec.Transforms.Select(t => Create(t, inputSize))]);
        var preset = Presets.FirstOrDefault(p => p.Name == spec.Preset)
            ?? throw Nearest.Unknown("augmentation", spec.Preset, Presets.Select(p => p.Name));
        return preset.Create(inputSize, resize, interpolation);
    }

    /// <summary>What the network is measured on: the shorter side resized, then the middle cut out.</summary>
    /// <param name="inputSize">The model's input in pixels a side.</param>
    /// <param name="resize">The shorter side before the crop (256 for an input of 224); null for images that are taken as they are.</param>
    /// <param name="interpolation">The filter of the resize.</param>
    public static Pipeline Evaluation(
        int inputSize, int? resize, Interpolation interpolation = Interpolation.Bilinear) => resize is { } size
        ? new Pipeline(new ResizeShorter(size, interpolation), new CenterCrop(inputSize))
        : new Pipeline();

    private static Func<int, int?, Interpolation, Pipeline> Shifted(int padding) => (input, resize, filter) =>
        new Pipeline([.. Evaluation(input, resize, filter).Transforms, new RandomCrop(input, padding), new HorizontalFlip()]);

    private static ITransform Create(NamedSpec spec, int inputSize)
    {
        var row = Transforms.FirstOrDefault(t => t.Name == spec.Name)
            ?? throw Nearest.Unknown("transform", spec.Name, Transforms.Select(t => t.Name));
        return row.Create(new OptionReader(row.Name, row.Options, spec.Options), inputSize);
    }

    private static OptionInfo Size(string meaning) => new("size", "the model's input", $"{meaning} in pixels");

    private static OptionInfo Side(string name) => new(name, "the model's input", "in pixels");
}
