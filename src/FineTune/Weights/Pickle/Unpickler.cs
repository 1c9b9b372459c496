namespace FineTune.Weights;

/// <summary>
/// A pickle reader that builds dicts, lists, tuples, strings, numbers and views of storages, and nothing else. Names are
/// looked up in <see cref="PickleGlobals"/>; objects of classes that are not there are dropped with all that is put into them, and names
/// that run code are refused (<see cref="PickleAttacks"/>).
/// </summary>
/// <param name="input">The file, for its name and limits.</param>
/// <param name="storages">Turns a persistent id into a storage.</param>
internal sealed class Unpickler(WeightInput input, Func<object?[], PickleStorage> storages)
{
    private const int MaxName = 1024, MaxClasses = 1000;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private readonly PickleCalls _calls = new(input);
    private readonly OrderedDictionary<string, PickleGlobal> _classes = new(StringComparer.Ordinal);

    /// <summary>Classes that are not of the table, in the order in which the pickles name them: objects of them were dropped.</summary>
    public IReadOnlyList<string> Classes => [.. _classes.Keys];

    /// <summary>Reads one pickle, up to its STOP. The number of operations counts over all pickles of the file.</summary>
    public object? Load(PickleBytes bytes)
    {
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        for (var op = bytes.Byte(); op != PickleOp.Stop; op = bytes.Byte())
        {
            Spend(1);
            if (!Scalar(op, bytes) && !Container(op) && !Memory(op, bytes) && !Object(op, bytes))
                throw Damaged($"holds the operation 0x{op:x2}, which no state dict needs");
            if (_stack.Count > input.Limits.MaxPickleStack || _marks.Count > input.Limits.MaxPickleStack)
                throw Damaged($"puts more than {input.Limits.MaxPickleStack} values on its stack");
        }

        return Pop();
    }

    private bool Scalar(byte op, PickleBytes bytes)
    {
        switch (op)
        {
            case PickleOp.Proto:
                if (bytes.Byte() is var version and (< 2 or > 5))
                    throw Damaged($"is of protocol {version}; 2 to 5 are read");
                break;
            case PickleOp.Frame:
                bytes.UInt32();
                bytes.UInt32();
                break;
            case PickleOp.None:
                _stack.Add(null);
                break;
            case PickleOp.True:
                _stack.Add(true);
                break;
            case PickleOp.False:
                _stack.Add(false);
                break;
            case PickleOp.BinInt:
                _stack.Add((long)bytes.Int32());
                break;
            case PickleOp.BinInt1:
                _stack.Add((long)bytes.Byte());
                break;
            case PickleOp.BinInt2:
                _stack.Add((long)bytes.UInt16());
                break;
            case PickleOp.Long1:
                _stack.Add(bytes.Long(bytes.Byte()) is long value ? value : PickleInert.Value);
                break;
            case PickleOp.BinFloat:
                _stack.Add(bytes.BigEndianDouble());
                break;
            case PickleOp.BinUnicode:
                _stack.Add(bytes.Text(bytes.UInt32()));
                break;
            case PickleOp.ShortBinUnicode:
                _stack.Add(bytes.Text(bytes.Byte()));
                break;
            case PickleOp.BinString:
                _stack.Add(bytes.Latin1(bytes.UInt32()));
                break;
            case PickleOp.ShortBinString:
                _stack.Add(bytes.Latin1(bytes.Byte()));
                break;
            case PickleOp.BinBytes:
                bytes.Bytes(bytes.UInt32());
                _stack.Add(PickleInert.Value);
                break;
            case PickleOp.ShortBinBytes:
                bytes.Bytes(bytes.Byte());
                _stack.Add(PickleInert.Value);
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Container(byte op)
    {
        switch (op)
        {
            case PickleOp.Mark:
                _marks.Add(_stack.Count);
                break;
            case PickleOp.EmptyTuple:
                _stack.Add(Array.Empty<object?>());
                break;
            case PickleOp.Tuple:
                _stack.Add(PopToMark());
                break;
            case PickleOp.Tuple1 or PickleOp.Tuple2 or PickleOp.Tuple3:
                _stack.Add(PopMany(op - PickleOp.Tuple1 + 1));
                break;
            case PickleOp.EmptyList:
                _stack.Add(new List<object?>());
                break;
            case PickleOp.Append:
                Extend([Pop()]);
                break;
            case PickleOp.Appends:
                Extend(PopToMark());
                break;
            case PickleOp.EmptyDict:
                _stack.Add(new PickleDict());
                break;
            case PickleOp.SetItem:
                SetItems(PopMany(2));
                break;
            case PickleOp.SetItems:
                SetItems(PopToMark());
                break;
            case PickleOp.EmptySet:
                _stack.Add(PickleInert.Value);
                break;
            case PickleOp.AddItems:
                PopToMark();
                if (Top() is not PickleInert)
                    throw Damaged("adds to what is not a set");
                break;
            case PickleOp.FrozenSet:
                PopToMark();
                _stack.Add(PickleInert.Value);
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Memory(byte op, PickleBytes bytes)
    {
        switch (op)
        {
            case PickleOp.BinPut:
                Put(bytes.Byte());
                break;
            case PickleOp.LongBinPut:
                Put(bytes.UInt32());
                break;
            case PickleOp.Memoize:
                Put((uint)_memo.Count);
                break;
            case PickleOp.BinGet:
                Get(bytes.Byte());
                break;
            case PickleOp.LongBinGet:
                Get(bytes.UInt32());
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Object(byte op, PickleBytes bytes)
    {
        switch (op)
        {
            case PickleOp.Global:
                _stack.Add(Global(bytes.Line(), bytes.Line()));
                break;
            case PickleOp.StackGlobal:
                if (PopMany(2) is not [string module, string name])
                    throw Damaged("names a global by what is not text");
                _stack.Add(Global(module, name));
                break;
            case PickleOp.Inst:
                throw WeightException.Calls(input.Path, bytes.Line(), bytes.Line());
            case PickleOp.Reduce or PickleOp.NewObj:
                if (PopMany(2) is not [PickleGlobal callee, object?[] arguments])
                    throw Damaged("calls what is not a function");
                Spend(PickleCalls.Cost(arguments));
                _stack.Add(_calls.Call(callee, arguments));
                break;
            case PickleOp.Build: // an object's attributes, such as OrderedDict's _metadata, hold no weights
                Pop();
                if (Top() is not (PickleDict or PickleTensor or PickleInert))
                    throw Damaged("sets the attributes of what has none");
                break;
            case PickleOp.BinPersId:
                if (Pop() is not object?[] id)
                    throw Damaged("names a storage by what is not a tuple");
                // The older format names a module's class with its source text: ('module', class, file, source).
                _stack.Add(id is ["module", PickleGlobal { Kind: PickleGlobalKind.Inert } type, ..] ? type : storages(id));
                break;
            default:
                return false;
        }

        return true;
    }

    private PickleGlobal Global(string module, string name)
    {
        if (PickleGlobals.Find(module, name) is { } known)
            return known;
        if (PickleAttacks.Are(module, name))
            throw WeightException.Calls(input.Path, module, name);
        if (module.Length + name.Length > MaxName)
            throw Damaged($"holds a name of more than {MaxName} characters");
        var full = $"{module}.{name}";
        if (_classes.TryGetValue(full, out var seen))
            return seen;
        if (_classes.Count == MaxClasses)
            throw Damaged($"names more than {MaxClasses} classes");
        return _classes[full] = PickleGlobal.Inert(module, name);
    }

    private void Extend(ReadOnlySpan<object?> items)
    {
        var target = Top();
        if (target is PickleInert)
            return;
        if (target is not List<object?> list)
            throw Damaged("appends to what is not a list");
        list.AddRange(items);
    }

    private void SetItems(object?[] pairs)
    {
        if (pairs.Length % 2 != 0)
            throw Damaged("sets a key without a value");
        var target = Top();
        if (target is PickleInert)
            return;
        if (target is not PickleDict dict)
            throw Damaged("sets items of what is not a dict");
        for (var i = 0; i < pairs.Length; i += 2)
            dict.Set(pairs[i], pairs[i + 1]);
    }

    private void Put(uint index)
    {
        _memo[index] = Top();
        if (_memo.Count > input.Limits.MaxPickleMemo)
            throw Damaged($"remembers more than {input.Limits.MaxPickleMemo} values");
    }

    private void Get(uint index)
    {
        if (!_memo.TryGetValue(index, out var value))
            throw Damaged($"recalls value {index}, which it never stored");
        _stack.Add(value);
    }

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw Damaged("takes a value from an empty stack");

    private object? Pop() => PopMany(1)[0];

    private object?[] PopMany(int count)
    {
        if (_stack.Count - count < Floor)
            throw Damaged("takes a value from an empty stack");
        return PopFrom(_stack.Count - count);
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw Damaged("closes a group that it never opened");
        var mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return PopFrom(mark);
    }

    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    private object?[] PopFrom(int index)
    {
        var values = _stack.GetRange(index, _stack.Count - index).ToArray();
        _stack.RemoveRange(index, values.Length);
        return values;
    }

    private void Spend(long operations)
    {
        input.Totals.PickleOperations += operations;
        if (input.Totals.PickleOperations > input.Limits.MaxPickleOperations)
            throw Damaged($"takes more than {input.Limits.MaxPickleOperations} operations");
    }

    private WeightException Damaged(string what) => input.Fail($"its pickle {what}");
}
