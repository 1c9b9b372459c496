using FineTune.Models;
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
public sealed record SavedMember(
    string Name, string File, string Model, string Precision, string Layout, double Weight, string Sha256, string? From)
{
    /// <summary>Writes a member's weights.</summary>
    /// <param name="folder">The ensemble's.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="model">The member.</param>
    /// <param name="weight">Its part.</param>
    internal static SavedMember Write(string folder, string file, LoadedModel model, double weight)
    {
        var path = SavedEnsemble.PathOf(folder, file);
        Checkpoint.SaveWeights(path, model.Network, model.ClassNames);
        var numerics = model.Network.Numerics;
        return new SavedMember(
            file, file, model.Network.GetName(), numerics.PrecisionName, numerics.LayoutName, weight, SavedEnsemble.Hash(path), null);
    }

    /// <summary>Opens it, to be freed by the caller.</summary>
    /// <param name="folder">The ensemble's.</param>
    /// <exception cref="FineTuneException">Its file is missing, or is another than was written.</exception>
    internal LoadedModel Open(string folder)
    {
        var path = SavedEnsemble.PathOf(folder, File);
        if (!System.IO.File.Exists(path))
        {
            throw new FineTuneException(
                $"The ensemble '{folder}' has no file '{path}' any more; make it anew by `finetune ensemble ... --save`.");
        }
        if (SavedEnsemble.Hash(path) != Sha256)
        {
            throw new FineTuneException(
                $"'{path}' does not have the bits that were written; make the ensemble anew by `finetune ensemble ... --save`.");
        }
        var model = LoadedModel.Open(Model, path);
        model.Network.Numerics = Numerics.Open(Precision, Layout, model.Network)[0];
        return model;
    }

    /// <summary>What of it cannot have been written, as a clause; null where all can.</summary>
    internal string? Problem()
    {
        if (Name is null
            || File is not { Length: > 0 }
            || Model is null
            || Precision is null
            || Layout is null
            || !(Weight >= 0)
            || Sha256 is null)
        {
            return "a member lacks a value";
        }
        if (Path.GetFileName(File) != File || File is "." or ".." || File.Contains('\\'))
            return $"the member file '{Printable.Of(File)}' is not a plain name";
        if (Precision == Numerics.Auto || Layout == Numerics.Auto)
            return $"a member computes in '{Numerics.Auto}'";
        try
        {
            _ = Zoo.Find(Model);
            Numerics.Check(Precision, Layout);
            return null;
        }
        catch (FineTuneException e)
        {
            return e.Message.TrimEnd('.');
        }
    }
}
