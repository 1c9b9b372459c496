using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FineTune.Benchmarks.PlainTorchSharp;

/// <summary>
/// Howard et al. 2017, with leaky ReLU of slope 0.1 and the parameter names of the public weights. The twin of that in
/// scripts/bench/peers/nets.py.
/// </summary>
internal sealed class MobileNetV1 : Module<Tensor, Tensor>
{
#pragma warning disable IDE1006 // TorchSharp names a parameter after the fields that lead to it
    private readonly Sequential stage1;
    private readonly Sequential stage2;
    private readonly Sequential stage3;
    private readonly AdaptiveAvgPool2d pool = AdaptiveAvgPool2d(1);
    internal readonly Linear fc;
#pragma warning restore IDE1006

    /// <param name="width">Multiplies the channels.</param>
    /// <param name="classes">Outputs. A field that is exchanged later is not registered anew, so the head is made for them at once.</param>
    public MobileNetV1(double width, int classes)
        : base(nameof(MobileNetV1))
    {
        int Of(int channels) => (int)(channels * width);
        var first = Sequential(
            Conv2d(3, Of(32), 3, stride: 2, padding: 1, bias: false), BatchNorm2d(Of(32)), LeakyReLU(0.1, inplace: true));
        stage1 = Sequential(
            first,
            Separable(Of(32), Of(64), 1),
            Separable(Of(64), Of(128), 2),
            Separable(Of(128), Of(128), 1),
            Separable(Of(128), Of(256), 2),
            Separable(Of(256), Of(256), 1));
        stage2 = Sequential([Separable(Of(256), Of(512), 2), .. Enumerable.Range(0, 5).Select(_ => Separable(Of(512), Of(512), 1))]);
        stage3 = Sequential(Separable(Of(512), Of(1024), 2), Separable(Of(1024), Of(1024), 1));
        fc = Linear(Of(1024), classes);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = pool.call(stage3.call(stage2.call(stage1.call(input))));
        return fc.call(features.flatten(1)).MoveToOuterDisposeScope();
    }

    private static Sequential Separable(int inputs, int outputs, int stride) => Sequential(
        Conv2d(inputs, inputs, 3, stride: stride, padding: 1, groups: inputs, bias: false),
        BatchNorm2d(inputs),
        LeakyReLU(0.1, inplace: true),
        Conv2d(inputs, outputs, 1, bias: false),
        BatchNorm2d(outputs),
        LeakyReLU(0.1, inplace: true));
}
