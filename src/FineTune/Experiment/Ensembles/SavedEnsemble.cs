using System.Security.Cryptography;
using System.Text.Json;
using FineTune.Engine;
using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Images;
using FineTune.Train;

namespace FineTune.Experiment.Ensembles;

/// <summary>
/// What ensemble.json says of an ensemble that was kept. Beside it lie members/, the members' weights, and images.json, the
/// images of the run that it was chosen on: it needs neither runs nor starting weights any more.
/// </summary>
/// <param name="Format">Of this file: 1.</param>
/// <param name="Finetune">The version that wrote it.</param>
/// <param name="Method">How members are combined: a name of `finetune list methods`.</param>
/// <param name="MadeBy">How it was made, where that is another method: soup, for one.</param>
/// <param name="Views">The views of each image.</param>
/// <param name="Passes">Draws of the stochastic layers; null: none.</param>
/// <param name="Seed">Decides draws and random views.</param>
/// <param name="Threads">Threads of the engine; 0 for all cores. Bits hold for one number.</param>
/// <param name="Classes">Names of the classes, in the order of the outputs.</param>
/// <param name="Members">At least one.</param>
public sealed record SavedEnsemble(
    int Format,
    string Finetune,
    string Method,
    string MadeBy,
    string Views,
    int? Passes,
    long Seed,
    int Threads,
    IReadOnlyList<string> Classes,
    IReadOnlyList<SavedMember> Members)
{
    private const int Known = 1;

    /// <summary>SHA-256 of images that its members were trained on, beside the training images of images.json.</summary>
    public IReadOnlyList<string> TrainedOn { get; init; } = [];

    /// <summary>Pixels that its images may have at most. Default: the limit of every verb.</summary>
    public long MaxPixels { get; init; } = ImageLimits.DefaultPixels;

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Whether a folder holds a saved ensemble.</summary>
    public static bool Is(string folder) => System.IO.File.Exists(FileOf(folder));

    /// <summary>Where a member's weights lie.</summary>
    public static string PathOf(string folder, string file) => Path.Combine(folder, "members", file);

    /// <summary>Reads ensemble.json.</summary>
    /// <param name="folder">The ensemble's.</param>
    /// <exception cref="FineTuneException">The file is damaged, or of a later version.</exception>
    public static SavedEnsemble Read(string folder)
    {
        var path = FileOf(folder);
        SavedEnsemble? read;
        try
        {
            read = JsonSerializer.Deserialize<SavedEnsemble>(RegularFile.Text(path), SnakeCase);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{path}' cannot be read: {JsonReason.Of(e)}.", e);
        }

        if (read is { Format: not Known })
        {
            throw new FineTuneException(
                $"'{path}' is of format {read.Format}, but this version reads format {Known}; take a later version of finetune.");
        }
        return (read is null ? "it is empty" : read.Problem()) is { } problem
            ? throw new FineTuneException($"'{path}' does not describe an ensemble: {problem}; the file is damaged.")
            : read!;
    }

    /// <summary>Writes ensemble.json, by which a folder becomes an ensemble: last.</summary>
    /// <param name="folder">The ensemble's.</param>
    public void Write(string folder) => AtomicFile.WriteJson(FileOf(folder), JsonSerializer.SerializeToNode(this, SnakeCase)!);

    /// <summary>SHA-256 of a file, in lower-case hexadecimal.</summary>
    internal static string Hash(string path)
    {
        using var file = RegularFile.OpenStream(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>Its members, opened; the caller's to free.</summary>
    /// <param name="folder">The ensemble's.</param>
    /// <exception cref="FineTuneException">A file is missing, or is another than was written.</exception>
    internal MemberModels Open(string folder)
    {
        var opened = new List<(string, LoadedModel)>();
        try
        {
            foreach (var member in Members)
                opened.Add((member.Name, member.Open(folder)));
        }
        catch
        {
            foreach (var (_, model) in opened)
                model.Dispose();
            throw;
        }

        return new MemberModels(opened, Classes);
    }

    private static string FileOf(string folder) => new RunFolder(folder).Ensemble;

    /// <summary>What of it cannot have been written, as a clause; null where all can.</summary>
    private string? Problem()
    {
        if (Finetune is null || Method is null || MadeBy is null || Views is null || TrainedOn is null || Classes is not { Count: > 0 }
            || Members is not { Count: > 0 })
        {
            return "a value is missing";
        }
        if (Classes.Any(c => c is null) || Classes.Distinct(StringComparer.Ordinal).Count() < Classes.Count)
            return "two classes have one name";
        if (Members.Select(m => m is null ? "a member is missing" : m.Problem()).FirstOrDefault(p => p is not null) is { } problem)
            return problem;
        if (Repeated(m => m.File, StringComparer.OrdinalIgnoreCase) is { } file)
            return $"two members have the file '{Printable.Of(file)}'";
        if (Repeated(m => m.Name, StringComparer.Ordinal) is { } name)
            return $"two members have the name '{Printable.Of(name)}'";
        if (!(Math.Abs(Members.Sum(m => m.Weight) - 1) < 1e-6))
            return "its members' parts do not sum to 1";
        if (MaxPixels is < 1 or > ImageLimits.MostPixels)
            return FormattableString.Invariant($"max_pixels is {MaxPixels}");
        if (Threads is < 0 or > TorchEngine.MostThreads)
            return FormattableString.Invariant($"threads is {Threads}");
        try
        {
            _ = (Combination.Find(Method), EnsembleSession.FindMethod(MadeBy), TestViews.Parse(Views));
            new MonteCarlo(Passes ?? 1, Seed).CheckPasses();
            return null;
        }
        catch (FineTuneException e)
        {
            return e.Message.TrimEnd('.');
        }
    }

    private string? Repeated(Func<SavedMember, string> of, StringComparer comparer) =>
        Members.GroupBy(of, comparer).FirstOrDefault(g => g.Count() > 1)?.Key;
}
