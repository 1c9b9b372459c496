using FineTune.Diagnose;
using FineTune.Experiment;
using FineTune.Optimize.SecondOrder;
using FineTune.Transfer;

namespace FineTune.Tests.Diagnose;

public sealed class NetworkDiagnosisTests
{
    [Fact]
    public void A_networks_gradient_is_right_on_noise()
    {
        using var batch = DiagnosisBatch.OfModel("cifar_resnet20", null, null, 2, seed: 1);

        var findings = NetworkDiagnosis.CheckGradient(batch.Network, batch.Images, batch.Labels, batch.Loss,
            new GradientCheckOptions { Elements = 1 });

        findings.Select(f => f.Parameter).ShouldBe(batch.Network.OrderedParameters().Select(p => p.Name));
        findings.ShouldAllBe(f => f.Verdict <= GradientVerdict.Fine);
    }

    [Fact]
    public void A_heads_curvature_is_the_closed_forms_and_is_flat_along_a_shift_of_all_logits()
    {
        using var batch = DiagnosisBatch.OfModel("cifar_resnet20", null, null, 12, seed: 1);
        var line = FreezeLine.Parse(batch.Network, "head");

        var found = NetworkDiagnosis.MeasureCurvature(line, batch.Images, batch.Labels, batch.Loss, new CurvatureOptions());

        found.Parameters.ShouldBe(650);
        found.Converged.ShouldBeTrue();
        found.Smallest.ShouldBe(0, 1e-6 * found.Largest);
        using var features = Features(batch);
        using var head = new SoftmaxHead(features, batch.Labels.data<long>().ToArray(), 10, 0);
        double[] w = [.. batch.Network.Head.NamedParameters().SelectMany(p => p.Parameter.data<double>().ToArray())];
        using var hessian = head.Hessian(w);
        Curvature.Measure(hessian, 650, new CurvatureOptions()).Largest.ShouldBe(found.Largest, 1e-6 * found.Largest);
    }

    /// <summary>What the head's linear layer sees.</summary>
    private static TorchSharp.torch.Tensor Features(DiagnosisBatch batch)
    {
        using var _ = TorchSharp.torch.no_grad();
        using var x = batch.Images.to(TorchSharp.torch.ScalarType.Float64);
        return batch.Network.Through(0, batch.Network.Stages.Count - 1, x);
    }
}
