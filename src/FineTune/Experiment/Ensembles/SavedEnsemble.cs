using System.Security.Cryptography;
using System.Text.Json;
using FineTune.Train;

namespace FineTune.Experiment.Ensembles;

/// <summary>A member of a saved ensemble.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="File">Its weights, in the ensemble's folder members.</param>
/// <param name="Model">Its architecture.</param>
/// <param name="Precision">What it multiplies in.</param>
/// <param name="Layout">How images lie in memory.</param>
/// <param name="Weight">Its part, at least 0; the parts sum to 1.</param>
/// <param name="Sha256">Of its file.</param>
/// <param name="From">The weights that it is a copy of, for a reader; null where it is a mean of several.</param>
public sealed record SavedMember(string Name, string File, string Model, string Precision, string Layout, double Weight, string Sha256, string? From);

/// <summary>
/// What ensemble.json says of an ensemble that was kept. Beside it lie members/, the members' weights, and images.json, the images of the run
/// that it was chosen on: it needs neither runs nor starting weights any more.
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
        try
        {
            var read = JsonSerializer.Deserialize<SavedEnsemble>(RegularFile.Text(path), SnakeCase);
            if (read is { Format: not Known })
                throw new FineTuneException($"'{path}' is of format {read.Format}, but this version reads format {Known}; take a later version of finetune.");
            if (read is { Finetune: not null, Method: not null, MadeBy: not null, Views: not null, Classes.Count: > 0, Members.Count: > 0 } && read.Members.All(IsSound)
                && Math.Abs(read.Members.Sum(m => m.Weight) - 1) < 1e-6)
                return read;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{path}' cannot be read: {e.Message.TrimEnd('.')}.", e);
        }

        throw new FineTuneException($"'{path}' does not describe an ensemble; the file is damaged.");
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
            {
                var path = PathOf(folder, member.File);
                if (!System.IO.File.Exists(path))
                    throw new FineTuneException($"The ensemble '{folder}' has no file '{path}' any more; make it anew by `finetune ensemble ... --save`.");
                if (Hash(path) != member.Sha256)
                    throw new FineTuneException($"'{path}' does not have the bits that were written; make the ensemble anew by `finetune ensemble ... --save`.");
                var model = LoadedModel.Open(member.Model, path);
                opened.Add((member.Name, model));
                model.Network.Numerics = Models.Numerics.Open(member.Precision, member.Layout)[0];
            }
        }
        catch
        {
            foreach (var (_, model) in opened)
                model.Dispose();
            throw;
        }

        return new MemberModels(opened);
    }

    private static string FileOf(string folder) => new RunFolder(folder).Ensemble;

    /// <summary>Whether a member is one that is written: its file leads out of no folder.</summary>
    private static bool IsSound(SavedMember member) =>
        member is { Name: not null, File.Length: > 0, Model: not null, Precision: not null, Layout: not null, Weight: >= 0, Sha256: not null }
        && Path.GetFileName(member.File) == member.File && member.File is not ("." or "..") && !member.File.Contains('\\');
}
