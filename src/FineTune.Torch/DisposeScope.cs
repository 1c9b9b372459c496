namespace TorchSharp;

/// <summary>
/// Tensors made while a scope is the thread's innermost are freed when it ends, unless they were moved out or detached.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? _current;

    private readonly HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScope? _outer;
    private bool _disposed;

    internal DisposeScope()
    {
        _outer = _current;
        _current = this;
    }

    public int DisposablesCount => _disposables.Count;

    public IReadOnlyList<IDisposable> DisposablesView => [.. _disposables];

    internal static DisposeScope? Current => _current;

    public void Attach(IDisposable disposable)
    {
        ArgumentNullException.ThrowIfNull(disposable);
        if (disposable is torch.Tensor tensor)
        {
            tensor.Scope?._disposables.Remove(tensor);
            tensor.Scope = this;
        }

        _disposables.Add(disposable);
    }

    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        _disposables.Remove(disposable);
        if (disposable is torch.Tensor tensor)
            tensor.Scope = null;
        return disposable;
    }

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        Detach(disposable);
        _outer?.Attach(disposable);
        return disposable;
    }

    public T MoveToOther<T>(DisposeScope scope, T disposable)
        where T : IDisposable
    {
        Detach(disposable);
        scope?.Attach(disposable);
        return disposable;
    }

    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    public void MarkAsDisposed(IDisposable disposable) => _disposables.Remove(disposable);

    public void DisposeEverything() => DisposeEverythingBut();

    public void DisposeEverythingBut(params IDisposable[] keep)
    {
        var kept = new HashSet<IDisposable>(keep, ReferenceEqualityComparer.Instance);
        foreach (var d in _disposables)
        {
            if (kept.Contains(d))
                continue;
            if (d is torch.Tensor tensor)
                tensor.Scope = null; // the set is emptied below, once
            d.Dispose();
        }

        _disposables.IntersectWith(kept);
    }

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (ReferenceEquals(_current, this))
            _current = _outer;
        DisposeEverything();
    }
}
