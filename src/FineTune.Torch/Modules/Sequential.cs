using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Modules one after the other, under given names or "0", "1", ...</summary>
public class Sequential : Module<Tensor, Tensor>
{
    private readonly List<IModule<Tensor, Tensor>> _modules = [];

    public Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules)
        : base(nameof(Sequential))
    {
        foreach (var (n, m) in modules)
            append(n, m);
    }

    public Sequential(params Module<Tensor, Tensor>[] modules)
        : base(nameof(Sequential))
    {
        foreach (var m in modules)
            append(m);
    }

    public int Count => _modules.Count;

    [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
    public IModule<Tensor, Tensor> this[int index] => _modules[index];

    public Sequential append(string name, IModule<Tensor, Tensor> module)
    {
        add_module(name, (nn.Module)module);
        _modules.Add(module);
        return this;
    }

    public Sequential append(IModule<Tensor, Tensor> module) => append(_modules.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), module);

    /// <summary>Frees what one module made and the next has read, so that a long chain holds no more than autograd needs.</summary>
    public override Tensor forward(Tensor tensor)
    {
        if (_modules.Count == 0)
            return tensor.alias();
        var x = tensor;
        foreach (var m in _modules)
        {
            var y = m.call(x);
            if (!ReferenceEquals(x, tensor) && !ReferenceEquals(x, y))
                x.Dispose();
            x = y;
        }

        return x;
    }
}
