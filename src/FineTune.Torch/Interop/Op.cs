using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FineTune.Torch;

/// <summary>An operator of libtorch, found by name at its first call and called through the boxed dispatcher.</summary>
internal sealed unsafe class Op
{
    private readonly string _name;
    private readonly string _overload;
    private nint _handle;

    /// <summary>"aten::add.Tensor": namespace, name and overload.</summary>
    public Op(string qualified)
    {
        var dot = qualified.IndexOf('.', StringComparison.Ordinal);
        (_name, _overload) = dot < 0 ? (qualified, string.Empty) : (qualified[..dot], qualified[(dot + 1)..]);
    }

    /// <summary>Calls and returns the first result.</summary>
    public Tensor Call(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue result;
        Expect(Invoke(arguments, &result, 1) == 1 && result.Tag == (int)Tag.Tensor && result.Pointer != 0, "a tensor");
        return new Tensor(result.Pointer);
    }

    /// <summary>Calls for the effect: an in-place operator makes no new handle.</summary>
    public void Run(params ReadOnlySpan<Arg> arguments) => Invoke(arguments, null, 0);

    /// <summary>Calls and returns the first two results.</summary>
    public (Tensor First, Tensor Second) Call2(params ReadOnlySpan<Arg> arguments)
    {
        var results = stackalloc NativeValue[2];
        Expect(Invoke(arguments, results, 2) == 2 && results[0].Pointer != 0 && results[1].Pointer != 0, "two tensors");
        return (new Tensor(results[0].Pointer), new Tensor(results[1].Pointer));
    }

    /// <summary>Calls an operator that returns a list of tensors.</summary>
    public Tensor[] CallList(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue result;
        Expect(Invoke(arguments, &result, 1) == 1 && result.Tag == (int)Tag.TensorList, "a list of tensors");
        var tensors = new Tensor[result.Count];
        for (var k = 0; k < tensors.Length; k++)
            tensors[k] = new Tensor(((nint*)result.Pointer)[k]);
        Native.FreeList(result.Pointer);
        return tensors;
    }

    /// <summary>Calls an operator that returns a truth value.</summary>
    public bool CallBool(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return result.Int != 0;
    }

    /// <summary>Finds the operator.</summary>
    /// <exception cref="ExternalException">This libtorch has none of this name.</exception>
    internal void Find()
    {
        var handle = Native.Operator(_name, _overload);
        _handle = handle != 0 ? handle : throw Native.Error();
    }

    private void Expect(bool kept, string what)
    {
        if (!kept)
            throw new ExternalException($"{_name} does not return {what}.");
    }

    [SkipLocalsInit] // the scratch room is written before it is read
    private int Invoke(ReadOnlySpan<Arg> arguments, NativeValue* results, int capacity)
    {
        const int Scratch = 48; // list items that fit on the stack: sizes and strides do, a long cat does not
        var native = stackalloc NativeValue[arguments.Length];
        var scratch = stackalloc long[Scratch];
        var used = 0;
        List<nint>? heap = null;

        long* Room(int count)
        {
            if (used + count <= Scratch)
            {
                used += count;
                return scratch + used - count;
            }

            var block = (nint)NativeMemory.Alloc((nuint)(count * sizeof(long)));
            (heap ??= []).Add(block);
            return (long*)block;
        }

        try
        {
            for (var k = 0; k < arguments.Length; k++)
            {
                ref readonly var a = ref arguments[k];
                native[k].Tag = (int)a.Tag;
                native[k].Int = a.Bits;
                switch (a.Tag)
                {
                    case Tag.Tensor:
                        native[k].Pointer = ((Tensor)a.Reference!).Handle;
                        break;
                    case Tag.Device:
                        native[k].Count = ((Device)a.Reference!).index;
                        break;
                    case Tag.Generator:
                        native[k].Pointer = ((Generator)a.Reference!).Handle;
                        break;
                    case Tag.IntList:
                        var ints = (long[])a.Reference!;
                        var items = Room(ints.Length);
                        ints.CopyTo(new Span<long>(items, ints.Length));
                        (native[k].Pointer, native[k].Count) = ((nint)items, ints.Length);
                        break;
                    case Tag.DoubleList:
                        var doubles = (double[])a.Reference!;
                        var numbers = (double*)Room(doubles.Length);
                        doubles.CopyTo(new Span<double>(numbers, doubles.Length));
                        (native[k].Pointer, native[k].Count) = ((nint)numbers, doubles.Length);
                        break;
                    case Tag.TensorList or Tag.OptionalTensorList:
                        var tensors = (Tensor?[])a.Reference!;
                        var handles = Room(tensors.Length);
                        for (var i = 0; i < tensors.Length; i++)
                            handles[i] = tensors[i] is { } t ? t.Handle : 0;
                        (native[k].Pointer, native[k].Count) = ((nint)handles, tensors.Length);
                        break;
                    case Tag.String:
                        var text = Marshal.StringToCoTaskMemUTF8((string)a.Reference!);
                        (heap ??= []).Add(text);
                        native[k].Pointer = text;
                        break;
                }
            }

            if (_handle == 0)
                Find();
            var count = Native.Call(_handle, native, arguments.Length, results, capacity);
            return count >= 0 ? count : throw Native.Error();
        }
        finally
        {
            if (heap is not null)
            {
                foreach (var block in heap)
                    NativeMemory.Free((void*)block);
            }
        }
    }
}
