namespace FineTune.Weights;

/// <summary>How weights are fetched, and whether. By default as the environment says (<see cref="FromEnvironment"/>).</summary>
public sealed record DownloadOptions
{
    private static readonly AsyncLocal<DownloadOptions?> Set = new();

    /// <summary>
    /// The options of this flow of control: what was set here or by a caller, else the environment's.
    /// </summary>
    public static DownloadOptions Current
    {
        get => Set.Value ?? FromEnvironment(Environment.GetEnvironmentVariable);
        set => Set.Value = value;
    }

    /// <summary>The cache folder; it is made where it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Nothing is fetched: what is not in the cache fails with a sentence that says what to put where.</summary>
    public bool Offline { get; init; }

    /// <summary>The same for <c>hf:</c> names alone.</summary>
    public bool HubOffline { get; init; }

    /// <summary>
    /// An address (http, https or file) that stands for scheme and host of every address; paths are kept. Null: the publisher's host.
    /// </summary>
    public Uri? Mirror { get; init; }

    /// <summary>The same for the Hugging Face hub alone; before <see cref="Mirror"/>.</summary>
    public Uri? HubMirror { get; init; }

    /// <summary>A token for the Hugging Face hub: sent by https to huggingface.co and to no other host.</summary>
    public string? HubToken { get; init; }

    /// <summary>Who watches; null: nobody.</summary>
    public IDownloadWatch? Watch { get; init; }

    /// <summary>How long nothing may arrive before the connection is given up and made anew. Default 30 s.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it is tried again after a failure that may pass. Default 5.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>The first wait between tries, doubled each time and varied at random. Default 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between tries, and the longest that a server may ask for (Retry-After). Default 60 s.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes that a file may have where its size is not known. Default that of <see cref="WeightLimits.MaxFileBytes"/>.</summary>
    public long MaxBytes { get; init; } = WeightLimits.Default.MaxFileBytes;

    /// <summary>What requests go through; null: the network. For tests.</summary>
    internal Func<HttpMessageHandler>? Handler { get; init; }

    /// <summary>Opens the part file to be written; null: the disk. For tests.</summary>
    internal Func<string, FileMode, Stream>? OpenPart { get; init; }

    /// <summary>
    /// FINETUNE_CACHE (else XDG_CACHE_HOME/finetune, else .cache/finetune in the home folder; on Windows in the local application
    /// data), FINETUNE_OFFLINE, FINETUNE_MIRROR, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE.
    /// </summary>
    /// <param name="variable">Gives a variable's value; null or empty where it is not set.</param>
    /// <exception cref="FineTuneException">A value is not what is allowed.</exception>
    public static DownloadOptions FromEnvironment(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;
        return new DownloadOptions
        {
            Folder = Path.GetFullPath(Value("FINETUNE_CACHE") ?? Path.Combine(CacheHome(Value), "finetune")),
            Offline = IsOn("FINETUNE_OFFLINE", Value("FINETUNE_OFFLINE")),
            HubOffline = IsOn("HF_HUB_OFFLINE", Value("HF_HUB_OFFLINE")),
            Mirror = Address("FINETUNE_MIRROR", Value("FINETUNE_MIRROR")),
            HubMirror = Address("HF_ENDPOINT", Value("HF_ENDPOINT")),
            HubToken = Value("HF_TOKEN")?.Trim(),
        };
    }

    private static string CacheHome(Func<string, string?> value)
    {
        if (value("XDG_CACHE_HOME") is { } home && Path.IsPathFullyQualified(home)) // the standard: a relative one is ignored
            return home;
        return OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
    }

    private static bool IsOn(string name, string? value) => value?.ToUpperInvariant() switch
    {
        null or "0" or "FALSE" or "NO" or "OFF" => false,
        "1" or "TRUE" or "YES" or "ON" => true,
        _ => throw new FineTuneException($"{name} is '{value}'; 1 or 0 is allowed."),
    };

    private static Uri? Address(string name, string? value)
    {
        if (value is null)
            return null;
        return Uri.TryCreate(value, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp || url.IsFile)
            && url is { UserInfo: "", Query: "", Fragment: "" }
                ? url
                : throw new FineTuneException($"{name} is '{value}'; an address with http://, https:// or file:// is allowed.");
    }
}
