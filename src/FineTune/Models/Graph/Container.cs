using FineTune.Models.Layers;
using static TorchSharp.torch;

namespace FineTune.Models.Graph;

/// <summary>A module that holds others and raw parameters under their names, and does not run: the tree of a state dict's keys.</summary>
internal sealed class Container(string name) : nn.Module(name)
{
    private readonly Dictionary<string, Container> _inner = new(StringComparer.Ordinal);

    /// <summary>Makes a layer's module and keeps it under its key.</summary>
    /// <param name="key">The name in the state dict, such as layer1.0.conv1.</param>
    /// <param name="layer">A layer with parameters.</param>
    /// <returns>The module; of a raw parameter, the container that holds it.</returns>
    public nn.Module Add(string key, Layer layer)
    {
        var (holder, leaf) = Find(key);
        if (layer is RawParameter raw)
        {
            holder.register_parameter(leaf, new TorchSharp.Modules.Parameter(raw.Initial()));
            return holder;
        }

        var module = layer.Make() ?? throw new InvalidOperationException($"The layer '{key}' has a key, and no parameters.");
        holder.register_module(leaf, module);
        return module;
    }

    /// <summary>Keeps another module under a key, and frees the old one.</summary>
    public void Replace(string key, nn.Module old, nn.Module other)
    {
        var (holder, leaf) = Find(key);
        holder.register_module(leaf, null!); // a name is free again once nothing is registered under it
        old.Dispose();
        holder.register_module(leaf, other);
    }

    /// <summary>Looks at no field: what is registered is registered by name, as in <see cref="ExplicitModule"/>.</summary>
    protected override void RegisterComponents()
    {
    }

    private (Container Holder, string Leaf) Find(string key)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
            return (this, key);
        var first = key[..dot];
        if (!_inner.TryGetValue(first, out var inner))
            register_module(first, _inner[first] = inner = new Container(first));
        return inner.Find(key[(dot + 1)..]);
    }
}
