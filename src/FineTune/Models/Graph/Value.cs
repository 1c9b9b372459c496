using FineTune.Models.Layers;

namespace FineTune.Models.Graph;

/// <summary>What a layer gives, in a description. A family is written as functions from values to values.</summary>
/// <param name="builder">Collects the layers.</param>
/// <param name="stage">The index of its stage.</param>
/// <param name="index">Its node in the stage.</param>
/// <param name="shape">Its shape for one image.</param>
internal sealed class Value(GraphBuilder builder, int stage, int index, long[] shape)
{
    /// <summary>The index of its stage.</summary>
    public int Stage => stage;

    /// <summary>Its node in the stage.</summary>
    public int Index => index;

    /// <summary>Its shape for one image, without the batch.</summary>
    public long[] Shape => shape;

    /// <summary>Channels of a map [C, H, W], or values of a vector [C].</summary>
    public long Channels => shape[0];

    /// <summary>Begins a stage: a freeze line can be drawn before it.</summary>
    /// <param name="name">Its name.</param>
    public Value Begin(string name) => builder.Begin(name, this);

    /// <summary>A convolution whose padding keeps the size at stride 1, unless another is given.</summary>
    /// <param name="key">Its name in the state dict.</param>
    /// <param name="channels">Of the output.</param>
    /// <param name="kernel">Pixels a side.</param>
    /// <param name="stride">Pixels from one place to the next.</param>
    /// <param name="padding">Zeros around the map; null: half the kernel.</param>
    /// <param name="groups">Parts of the channels that do not see one another.</param>
    /// <param name="bias">Whether it adds a value a channel: not before a batch norm.</param>
    public Value Conv(string key, long channels, long kernel = 1, long stride = 1, long? padding = null, long groups = 1, bool bias = false)
    {
        var around = padding ?? kernel / 2;
        return builder.Add(key, new Convolution(Channels, channels, (kernel, kernel), (around, around), stride, 1, groups, bias), this);
    }

    /// <summary>A convolution with a batch norm.</summary>
    public Value ConvNorm(string conv, string norm, long channels, long kernel = 1, long stride = 1, long groups = 1) =>
        Conv(conv, channels, kernel, stride, groups: groups).Norm(norm);

    /// <summary>torchvision's Conv2dNormActivation: a convolution "key.0", a batch norm "key.1" and an activation.</summary>
    /// <param name="key">Their prefix.</param>
    /// <param name="channels">Of the output.</param>
    /// <param name="kernel">Pixels a side.</param>
    /// <param name="stride">Pixels from one place to the next.</param>
    /// <param name="groups">Parts of the channels that do not see one another.</param>
    /// <param name="activation">Null: none.</param>
    /// <param name="norm">The batch norm's eps and momentum.</param>
    public Value Unit(
        string key, long channels, long kernel, long stride, long groups, ActivationKind? activation, (double Eps, double Momentum) norm)
    {
        var x = Conv($"{key}.0", channels, kernel, stride, groups: groups).Norm($"{key}.1", norm.Eps, norm.Momentum);
        return activation is { } kind ? x.Activate(kind) : x;
    }

    /// <summary>Batch normalization.</summary>
    public Value Norm(string key, double eps = 1e-5, double momentum = 0.1) =>
        builder.Add(key, new BatchNorm(Channels, eps, momentum), this);

    /// <summary>max(x, 0).</summary>
    public Value Relu() => Activate(ActivationKind.Relu);

    /// <summary>A function of each value by itself.</summary>
    public Value Activate(ActivationKind kind) => builder.Add(null, new Activation(kind), this);

    /// <summary>The largest value of each window.</summary>
    public Value MaxPool(long kernel, long stride, long padding = 0, bool ceil = false) =>
        builder.Add(null, new MaxPool(kernel, stride, padding, ceil), this);

    /// <summary>The mean of each channel, as a vector.</summary>
    public Value GlobalAveragePool() => AdaptiveAveragePool(1).Flat();

    /// <summary>The mean of as many regions as the output has pixels a side.</summary>
    public Value AdaptiveAveragePool(long side) => builder.Add(null, new AdaptiveAveragePool(side), this);

    /// <summary>All values of an image in one axis.</summary>
    public Value Flat() => builder.Add(null, new Flat(), this);

    /// <summary>Dropout, of probability 0 until it is set.</summary>
    /// <param name="share">Of the probability that is set.</param>
    public Value Dropout(double share = 1) => builder.Add(null, new Drop(share), this);

    /// <summary>A fully connected layer on the last axis.</summary>
    public Value Dense(string key, long values, bool bias = true) => builder.Add(key, new Dense(shape[^1], values, bias), this);

    /// <summary>This, the branch of a residual block, with its shortcut added.</summary>
    public Value Plus(Value shortcut) => builder.Add(null, new Sum(), this, shortcut);

    /// <summary>Every second pixel, with new channels of 0.</summary>
    public Value PaddedShortcut(long channels) => builder.Add(null, new PaddedShortcut(channels - Channels), this);

    /// <summary>The channels of this and of other maps, one after another.</summary>
    public Value Concat(params Value[] others) => builder.Add(null, new Concatenation(), [this, .. others]);

    /// <summary>A map whose channels are multiplied by one value each.</summary>
    public Value Times(Value factors) => builder.Add(null, new Scale(), this, factors);

    /// <summary>The mean of each window.</summary>
    public Value AveragePool(long kernel, long stride, long padding = 0) =>
        builder.Add(null, new AveragePool(kernel, stride, padding), this);

    /// <summary>
    /// Squeeze and excitation (Hu et al. 2018): each channel is multiplied by a value in 0..1, a function of the means of all.
    /// </summary>
    /// <param name="key">Its prefix: fc1 and fc2 are 1x1 convolutions.</param>
    /// <param name="squeezed">Channels between them.</param>
    /// <param name="inner">Between them.</param>
    /// <param name="gate">Makes the values.</param>
    public Value SqueezeExcite(string key, long squeezed, ActivationKind inner, ActivationKind gate = ActivationKind.Sigmoid) => Times(
        AdaptiveAveragePool(1).Conv($"{key}.fc1", squeezed, bias: true).Activate(inner)
            .Conv($"{key}.fc2", Channels, bias: true).Activate(gate));

    /// <summary>A layer that a family alone has.</summary>
    public Value Then(Layer layer, string? key = null) => builder.Add(key, layer, this);

    /// <summary>Layer normalization over the last axis.</summary>
    public Value LayerNorm(string key, double eps) => builder.Add(key, new LayerNorm(shape[^1], eps), this);

    /// <summary>Layer normalization over the channels of a map.</summary>
    public Value LayerNormOfMap(string key, double eps) => Then(new ChannelsLast()).LayerNorm(key, eps).Then(new ChannelsFirst());

    /// <summary>What most networks end in: stages "pool", the mean of each channel, and "head", dropout and a linear layer.</summary>
    /// <param name="key">The linear layer's.</param>
    /// <param name="classes">Its outputs.</param>
    public Value PoolAndHead(string key, long classes) => Begin("pool").GlobalAveragePool().Begin("head").Dropout().Dense(key, classes);

    /// <summary>The layers that end in this value, as one module.</summary>
    /// <param name="name">Its name.</param>
    public DescribedModule AsModule(string name) => new(name, builder.LastStage(this).Nodes);

    /// <summary>The description that ends in this value, the logits.</summary>
    /// <param name="initialise">Sets initial values that are not PyTorch's.</param>
    public NetworkGraph Finish(Initialisation initialise) => builder.Finish(this, initialise);
}
