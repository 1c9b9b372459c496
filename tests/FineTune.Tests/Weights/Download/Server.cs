using static FineTune.Tests.Weights.Download.LocalServer;

namespace FineTune.Tests.Weights.Download;

/// <summary>Answers of a server that does as it should, to be spoilt.</summary>
internal static class Server
{
    public const string Tag = "\"v1\"";

    /// <summary>The file, or the part of it that is asked for.</summary>
    public static Reply File(Request request, byte[] file, string tag = Tag)
    {
        if (request.From == 0 || (request["If-Range"] is { } version && version != tag))
            return new Reply(200, file).With("ETag", tag);
        if (request.From >= file.Length)
            return new Reply(416, []).With("Content-Range", $"bytes */{file.Length}");
        return new Reply(206, file[request.From..]).With("ETag", tag)
            .With("Content-Range", $"bytes {request.From}-{file.Length - 1}/{file.Length}");
    }

    public static Reply To(string location) => new Reply(302, []).With("Location", location);
}
