using FineTune.Engine;
using FineTune.Optimize.SecondOrder;
using FineTune.Transfer;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Diagnose;

/// <summary>Diagnostics of a network's loss on one batch, in double precision.</summary>
public static class NetworkDiagnosis
{
    /// <summary>
    /// Checks the gradient of every parameter, batch norm and dropout as in training, dropout's masks the same each time.
    /// </summary>
    /// <param name="network">Converted to float64.</param>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="labels">[N] int64.</param>
    /// <param name="loss">A scalar of logits [N, classes] float64 and labels.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told of the parameter tensors done.</param>
    public static IReadOnlyList<GradientFinding> CheckGradient(
        Models.Network network,
        Tensor images,
        Tensor labels,
        Func<Tensor, Tensor, Tensor> loss,
        GradientCheckOptions options,
        IProgress<int>? progress = null)
    {
        if (images.shape[0] == 1)
            OneValueNorms.Refuse(new FreezeLine(network, 0), "there is one image", "take more images");
        network.to(ScalarType.Float64);
        network.train();
        using var x = images.to(ScalarType.Float64);
        var parameters = network.OrderedParameters().Select(p => (p.Name, (Tensor)p.Parameter)).ToArray();
        var masks = new RandomKey(options.Seed, 0, 0, RandomUse.Dropout).ToSeed();
        return GradientCheck.Run(parameters, Loss, options, progress);

        Tensor Loss()
        {
            Seeding.Seed(masks);
            return loss(network.forward(x), labels);
        }
    }

    /// <summary>
    /// Measures the Hessian of the loss by the parameters above a freeze line, in inference mode: a function of the weights alone.
    /// </summary>
    /// <param name="line">Its network is converted to float64.</param>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="labels">[N] int64.</param>
    /// <param name="loss">A scalar of logits [N, classes] float64 and labels.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told of the Hessian-vector products taken.</param>
    public static CurvatureReport MeasureCurvature(
        FreezeLine line,
        Tensor images,
        Tensor labels,
        Func<Tensor, Tensor, Tensor> loss,
        CurvatureOptions options,
        IProgress<int>? progress = null)
    {
        line.Network.to(ScalarType.Float64);
        line.Network.eval();
        using var scope = NewDisposeScope();
        var x = images.to(ScalarType.Float64);
        Parameter[] parameters = [.. line.Network.OrderedParameters().Where(p => p.Stage >= line.Stage).Select(p => p.Parameter)];
        using var hessian = new HessianGraph(loss(line.Forward(x), labels), parameters);
        return Curvature.Measure(hessian, checked((int)parameters.Sum(p => p.numel())), options, progress);
    }
}
