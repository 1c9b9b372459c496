using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace FineTune.Weights;

/// <summary>Which failures are tried again, and when: exponential waits with jitter, or as long as the server asks for.</summary>
internal static class RetryRule
{
    /// <summary>The rule.</summary>
    /// <param name="options">How often, and how long.</param>
    /// <param name="say">Told why it is tried again.</param>
    public static ResiliencePipeline<HttpResponseMessage> Of(DownloadOptions options, Action<string> say)
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>();
        if (options.Retries > 0)
        {
            pipeline.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                MaxDelay = options.LongestDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldRetryAfterHeader = true,
                ShouldHandle = tried => ValueTask.FromResult(MayPass(tried.Outcome, options)),
                OnRetry = tried =>
                {
                    say(FormattableString.Invariant($"{Reason(tried.Outcome)}; trying again in {tried.RetryDelay.TotalSeconds:0.#} s ")
                        + FormattableString.Invariant($"({tried.AttemptNumber + 1} of {options.Retries})."));
                    return ValueTask.CompletedTask;
                },
            });
        }

        return pipeline.Build();
    }

    /// <summary>Why an answer is no success, as a clause.</summary>
    public static string Reason(HttpResponseMessage response, bool isHub) => response.StatusCode switch
    {
        HttpStatusCode.NotFound => "there is no such file (404)",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when isHub =>
            $"access is denied ({(int)response.StatusCode}); a private or gated repository needs a token in HF_TOKEN",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"access is denied ({(int)response.StatusCode})",
        _ => Status(response),
    };

    private static bool MayPass(Outcome<HttpResponseMessage> outcome, DownloadOptions options) =>
        outcome.Exception is { } e
            ? e is TransferException { MayPass: true }
            : HttpClientResiliencePredicates.IsTransient(outcome) && !(Asked(outcome.Result!) > options.LongestDelay);

    private static string Reason(Outcome<HttpResponseMessage> outcome) => outcome.Exception?.Message is { } message
        ? char.ToUpperInvariant(message[0]) + message[1..]
        : $"The server {Status(outcome.Result!)["the server ".Length..]}";

    private static string Status(HttpResponseMessage response)
    {
        var wait = Asked(response) is { } asked ? FormattableString.Invariant($" and asks to wait {asked.TotalSeconds:0} s") : string.Empty;
        return $"the server answers {(int)response.StatusCode}{wait}";
    }

    private static TimeSpan? Asked(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - TimeProvider.System.GetUtcNow(),
        _ => null,
    };
}
