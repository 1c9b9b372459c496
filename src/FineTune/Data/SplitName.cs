namespace FineTune.Data;

/// <summary>The names of splits, and the folders that they are read from.</summary>
public static class SplitName
{
    /// <summary>What is trained on.</summary>
    public const string Train = "train";

    /// <summary>What choices are made on. Read from a folder <c>val</c>, <c>valid</c> or <c>validation</c>.</summary>
    public const string Validation = "val";

    /// <summary>What is only measured on.</summary>
    public const string Test = "test";

    /// <summary>Not a split: all of them, one after another.</summary>
    public const string All = "all";

    private static readonly Dictionary<string, string> Folders = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Train,
        ["training"] = Train,
        ["val"] = Validation,
        ["valid"] = Validation,
        ["validation"] = Validation,
        ["test"] = Test,
        ["testing"] = Test,
    };

    /// <summary>The split that a folder of this name holds, or null.</summary>
    internal static string? OfFolder(string name) => Folders.GetValueOrDefault(name);
}
