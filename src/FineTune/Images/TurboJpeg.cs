using System.Runtime.InteropServices;

namespace FineTune.Images;

/// <summary>libjpeg-turbo's TurboJPEG functions, where the machine has the library.</summary>
internal sealed unsafe class TurboJpeg
{
    private static readonly string[] Names =
    [
        "libturbojpeg.so.0", "libturbojpeg.so", "turbojpeg.dll", "libturbojpeg.dylib", "/opt/homebrew/lib/libturbojpeg.dylib",
    ];

    private readonly delegate* unmanaged<nint> _create;
    private readonly delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int> _decompress;
    private readonly delegate* unmanaged<nint, byte*> _message;
    private readonly delegate* unmanaged<nint, int> _errorCode;
    private readonly delegate* unmanaged<nint, int> _destroy;

    private TurboJpeg(nint library, string name)
    {
        Name = name;
        _create = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "tjInitDecompress");
        var decompress = NativeLibrary.GetExport(library, "tjDecompress2");
        _decompress = (delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int>)decompress;
        _message = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
        _errorCode = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjGetErrorCode");
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
    }

    /// <summary>The library, or null where there is none.</summary>
    public static TurboJpeg? Instance { get; } = Find();

    /// <summary>The file's name.</summary>
    public string Name { get; }

    /// <summary>Decodes into a buffer.</summary>
    /// <param name="file">The whole JPEG.</param>
    /// <param name="pixels">[height, width, bytes a pixel of the format].</param>
    /// <param name="width">As its header says.</param>
    /// <param name="height">As its header says.</param>
    /// <param name="format">One of the library's pixel formats.</param>
    /// <param name="flags">The library's flags.</param>
    /// <returns>Null; or what is wrong, and whether the library went on regardless.</returns>
    public (string Message, bool WentOn)? Decompress(
        ReadOnlySpan<byte> file,
        Span<byte> pixels,
        int width,
        int height,
        int format,
        int flags)
    {
        const int Warning = 0; // TJERR_WARNING
        var handle = _create();
        try
        {
            fixed (byte* from = file)
            fixed (byte* to = pixels)
            {
                if (_decompress(handle, from, new CULong((nuint)file.Length), to, width, 0, height, format, flags) == 0)
                    return null;
            }

            return (Marshal.PtrToStringUTF8((nint)_message(handle)) ?? "an error", _errorCode(handle) == Warning);
        }
        finally
        {
            _ = _destroy(handle);
        }
    }

    private static TurboJpeg? Find()
    {
        foreach (var name in Names)
        {
            if (!NativeLibrary.TryLoad(name, out var library))
                continue;
            try
            {
                return new TurboJpeg(library, name);
            }
            catch (EntryPointNotFoundException)
            {
                // too old, or too new: SkiaSharp decodes
            }
        }

        return null;
    }
}
