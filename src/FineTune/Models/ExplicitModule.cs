using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>
/// A module whose parameters and children are those that it registers by name. TorchSharp by itself would register each field that
/// holds one too, private fields included, under the field's name: the state dict would then hold "_conv1.weight" beside "conv1.weight".
/// </summary>
public abstract class ExplicitModule : nn.Module<Tensor, Tensor>
{
    /// <summary>A module of that name.</summary>
    protected ExplicitModule(string name)
        : base(name)
    {
    }

    /// <summary>Looks at no field.</summary>
    protected sealed override void RegisterComponents()
    {
    }
}
