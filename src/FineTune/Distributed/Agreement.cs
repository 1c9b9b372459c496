using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FineTune.Engine;

namespace FineTune.Distributed;

/// <summary>What ranks need in common before they compute together: it is compared by hash, and one that differs is named.</summary>
public static class Agreement
{
    private const int Short = 200; // letters of a difference that is shown

    /// <summary>The versions that decide what is computed.</summary>
    public static IEnumerable<(string Name, string Value)> Versions =>
    [
        ("version of finetune", typeof(Agreement).Assembly.GetName().Version?.ToString(3) ?? string.Empty),
        ("engine", $"{TorchEngine.Name}, libtorch {TorchEngine.LibtorchVersion}"),
    ];

    /// <summary>Refuses ranks that differ; each sees the same, and rank 0 says it.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="facts">What is to be the same on all.</param>
    /// <param name="detail">Asked, on all ranks, for more about the first that differs; null: nothing.</param>
    /// <exception cref="FineTuneException">They differ.</exception>
    public static void Require(ICommunicator ranks, (string Name, string Value)[] facts, Func<string, string?>? detail = null)
    {
        var all = Texts(ranks, JsonSerializer.Serialize(facts.Select(f => Hash(f.Value))))
            .Select(t => JsonSerializer.Deserialize<string[]>(t)!).ToArray();
        var values = Enumerable.Range(0, facts.Length).FirstOrDefault(k => all.Any(r => r[k] != all[0][k]), -1);
        if (values < 0)
            return;
        var name = facts[values].Name;
        var shown = Texts(ranks, facts[values].Value);
        var other = Array.FindIndex(all, r => r[values] != all[0][values]);
        var isShort = shown[0].Length + shown[other].Length < Short;
        var more = detail?.Invoke(name) ?? (isShort ? $": '{shown[other]}', and not '{shown[0]}'" : null);
        var host = Texts(ranks, Environment.MachineName);
        throw new FineTuneException(
            $"Rank {other} ({host[other]}) has another {name} than rank 0 ({host[0]}){more ?? string.Empty}. All ranks need the same; "
            + "a shared folder may not be in step yet.");
    }

    /// <summary>A text of each rank for all.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="mine">Of this one.</param>
    /// <returns>By rank.</returns>
    public static string[] Texts(ICommunicator ranks, string? mine) =>
        [.. ranks.Exchange(Encoding.UTF8.GetBytes(mine ?? string.Empty)).Select(Encoding.UTF8.GetString)];

    /// <summary>SHA-256 of a text.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
