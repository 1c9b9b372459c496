namespace TorchSharp.Modules;

/// <summary>A tensor that is learned. Takes over the tensor it is made from.</summary>
public class Parameter : torch.Tensor
{
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(data) => this.requires_grad = requires_grad;
}
