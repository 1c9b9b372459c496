using FineTune.Engine;
using FineTune.Models;
using FineTune.Models.Layers;
using static TorchSharp.torch;

namespace FineTune.Diagnose;

/// <summary>
/// Grad-CAM (Selvaraju et al. 2017): where in an image a network sees a class. The channels of the last feature map, each weighted with
/// the mean of the gradient of the class's logit by its pixels, are summed, and what is negative is left out.
/// </summary>
internal sealed class GradCam
{
    private readonly Network _network;
    private readonly int _end; // the stage after the map
    private readonly bool _channelsLast;

    private GradCam(Network network, int end, bool channelsLast) => (_network, _end, _channelsLast) = (network, end, channelsLast);

    /// <summary>The stage whose output is looked at.</summary>
    public string Stage => _network.Stages[_end - 1].Name;

    /// <summary>
    /// Grad-CAM of a network; null where no stage before its head ends in maps of more than one pixel, as those of a Vision Transformer.
    /// </summary>
    /// <param name="network">In inference mode from here on.</param>
    public static GradCam? Of(Network network)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        network.eval();
        var size = network.Preprocessing.InputSize;
        var x = zeros([1, 3, size, size]).to(network.parameters().First().device);
        GradCam? last = null;
        var channelsLast = false;
        for (var k = 0; k < network.Stages.Count - 1; k++)
        {
            x = network.Layers(k, k + 1, x);
            foreach (var step in network.Stages[k].Steps)
                channelsLast = step.Layer is ChannelsLast || (channelsLast && step.Layer is not ChannelsFirst);
            var pixels = x.dim() != 4 ? 0 : channelsLast ? x.shape[1] * x.shape[2] : x.shape[2] * x.shape[3];
            last = pixels > 1 ? new GradCam(network, k + 1, channelsLast) : last;
        }

        return last;
    }

    /// <summary>A map an image, each scaled so that its highest value is 1; all 0 where nothing speaks for the class.</summary>
    /// <param name="images">[N, 3, H, W], normalised, on the network's device.</param>
    /// <param name="classes">[N] the class that is looked for in each image.</param>
    public HeatMap[] Maps(Tensor images, IReadOnlyList<long> classes)
    {
        using var scope = NewDisposeScope();
        Tensor features;
        using (no_grad())
            features = _network.Layers(0, _end, images).detach();
        features.requires_grad = true;
        var logits = _network.Layers(_end, _network.Stages.Count, features); // [N, classes]
        var index = tensor(classes.ToArray()).unsqueeze(1).to(logits.device);
        var gradient = Gradients.Of([logits.gather(1, index).sum()], [features])[0]!;
        using var _ = no_grad();
        var (maps, slopes) = _channelsLast ? (features.permute(0, 3, 1, 2), gradient.permute(0, 3, 1, 2)) : (features, gradient);
        var weighted = (maps * slopes.mean([2L, 3L], keepdim: true)).sum(1).relu(); // [N, h, w]
        var (height, width) = ((int)weighted.shape[1], (int)weighted.shape[2]);
        return [.. Enumerable.Range(0, classes.Count).Select(i => Scaled(weighted[i], height, width))];
    }

    private static HeatMap Scaled(Tensor map, int height, int width)
    {
        var values = TensorValues.Of<float>(map.to(ScalarType.Float32, CPU).contiguous()).ToArray();
        var most = values.Max();
        return new HeatMap(width, height, most > 0 ? Array.ConvertAll(values, v => v / most) : values);
    }
}

/// <summary>A value in 0..1 for each place of an image.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Values">[height, width].</param>
internal sealed record HeatMap(int Width, int Height, float[] Values)
{
    /// <summary>The value at a place of the image, between the map's pixels by bilinear interpolation.</summary>
    /// <param name="x">From the left, in 0..1.</param>
    /// <param name="y">From the top, in 0..1.</param>
    public double At(double x, double y)
    {
        var (left, right, a) = Between(x, Width);
        var (top, bottom, b) = Between(y, Height);
        var above = Mix(Values[(top * Width) + left], Values[(top * Width) + right], a);
        return Mix(above, Mix(Values[(bottom * Width) + left], Values[(bottom * Width) + right], a), b);
    }

    private static (int First, int Second, double Part) Between(double at, int count)
    {
        var place = Math.Clamp((at * count) - 0.5, 0, count - 1);
        var first = (int)place;
        return (first, Math.Min(first + 1, count - 1), place - first);
    }

    private static double Mix(double a, double b, double part) => a + (part * (b - a));
}
