using System.Globalization;

namespace FineTune.Experiment;

/// <summary>
/// Copies predicted images into a folder a class, and those that the model abstains on into one of their own. Nothing is moved, and
/// nothing is overwritten: a name that is taken gets a number, unless the file of that name is the same, as after the same call before.
/// </summary>
public sealed class ImageSorter
{
    /// <summary>The folder of images that the model abstains on, unless a class has that name.</summary>
    public const string Abstained = "abstained";

    private readonly string _folder;
    private readonly string _abstained;
    private readonly Dictionary<string, string> _byClass = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal); // the last that a path was given

    /// <summary>Makes the folder, if there is none.</summary>
    /// <param name="folder">Where the class folders are, or will be.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <param name="read">The paths that images are read from: the copies may lie in none of these folders.</param>
    /// <exception cref="FineTuneException">The folder lies in one that is read, or cannot be made.</exception>
    public ImageSorter(string folder, IReadOnlyList<string> classes, IReadOnlyList<string> read)
    {
        if (read.Where(Directory.Exists).FirstOrDefault(path => RealPath.IsWithin(folder, path)) is { } outer)
        {
            throw new FineTuneException(
                $"'{folder}' lies in '{outer}', whose images are read: the next call would read the copies too; "
                + "choose a folder outside of it.");
        }

        _folder = folder;
        var names = FolderNames.Of([.. classes, Abstained]);
        for (var k = 0; k < classes.Count; k++)
            _byClass[classes[k]] = names[k];
        _abstained = names[^1];
        Notes = [.. classes.Where(c => _byClass[c] != c).Select(c => $"the folder of class '{c}' is '{_byClass[c]}'")];
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = File.Exists(folder) ? "it is a file" : AtomicFile.Reason(e);
            throw new FineTuneException($"The folder '{folder}' for the copies cannot be made: {reason}.", e);
        }
    }

    /// <summary>Which classes have folders of another name, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>How many images were copied.</summary>
    public int Copied { get; private set; }

    /// <summary>How many copies were there already.</summary>
    public int Kept { get; private set; }

    /// <summary>Copies an image into the folder of its label.</summary>
    /// <returns>The copy's path.</returns>
    /// <exception cref="FineTuneException">It cannot be read, or the copy not be written.</exception>
    public string Copy(ImageAnswer answer)
    {
        var folder = Path.Combine(_folder, answer.Abstains ? _abstained : _byClass[answer.Label]);
        var name = string.Create(CultureInfo.InvariantCulture, $".{Environment.ProcessId}{AtomicFile.TemporarySuffix}");
        var temporary = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(folder);
            try
            {
                using (var source = RegularFile.OpenStream(answer.Path))
                using (var target = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                    source.CopyTo(target);
                return Placed(temporary, Path.Combine(folder, Path.GetFileName(answer.Path)));
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{answer.Path}' cannot be copied into '{folder}': {AtomicFile.Reason(e)}.", e);
        }
    }

    /// <summary>Gives a file its name, or the first of "name-2.jpg", "name-3.jpg" and so on that is free.</summary>
    private string Placed(string temporary, string path)
    {
        while (true)
        {
            var number = _numbers[path] = _numbers.GetValueOrDefault(path) + 1;
            var end = Path.GetExtension(path);
            var free = number == 1 ? path : string.Create(CultureInfo.InvariantCulture, $"{path[..^end.Length]}-{number}{end}");
            if (Path.Exists(free))
            {
                if (!AreSame(temporary, free))
                    continue;
                Kept++;
                return free;
            }

            try
            {
                File.Move(temporary, free, overwrite: false);
                Copied++;
                return free;
            }
            catch (IOException) when (Path.Exists(free))
            {
                // another process was first
            }
        }
    }

    private static bool AreSame(string file, string other) =>
        RegularFile.Problem(other) is null && new FileInfo(file).Length == new FileInfo(other).Length
        && Manifest.HashFile(file) == Manifest.HashFile(other);
}
