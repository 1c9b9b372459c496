using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>A block that adds a branch to its input or to a shortcut of it.</summary>
public interface IResidual
{
    /// <summary>Runs a layer on the branch, before it is added.</summary>
    /// <param name="layer">[N, C, H, W] -> the same shape; without parameters, and without effect in inference. Owned from here on.</param>
    void OnBranch(nn.Module<Tensor, Tensor> layer);
}
