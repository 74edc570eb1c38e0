using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Queues;

namespace SandboxOperator.Kube.Caching;

/// <summary>
/// Keeps a store true.
/// <list type="number">
/// <item>List everything, page by page.</item>
/// <item>Watch from the list's version on, until the server ends the watch, it breaks or falls silent.</item>
/// <item>Go on watching from the last version that was told; list again only when the server has forgotten it.</item>
/// </list>
/// Failures are repeated for ever, ever more slowly up to five seconds, because a cache that is
/// still blind when the server is back keeps everybody waiting.
/// </summary>
internal sealed partial class CacheFeeder<T>(
    IKubeClient client,
    ResourceStore<T> store,
    ResourceCacheOptions<T> options,
    TimeProvider time,
    ILogger logger
) : ICacheFeeder
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly string Kind = KubeKind.Of<T>().Kind;
    private readonly RetryPolicy _retries = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));

    public async Task RunAsync(CancellationToken token)
    {
        string? version = null;
        var failures = 0;
        while (!token.IsCancellationRequested)
        {
            try
            {
                if (version is null)
                {
                    version = await ListAsync(token);
                    KubeMetrics.Lists.WithLabels(Kind).Inc();
                }

                await WatchAsync(
                    version,
                    told =>
                    {
                        version = told;
                        failures = 0;
                    },
                    token
                );
                KubeMetrics.Watches.WithLabels(Kind, "ended").Inc();
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                return;
            }
            catch (KubeException exception) when (exception.IsGone)
            {
                KubeMetrics.Watches.WithLabels(Kind, "gone").Inc();
                Log.Gone(logger, Kind, version);
                version = null;
                await PauseAsync(++failures, token);
            }
            catch (TimeoutException)
            {
                KubeMetrics.Watches.WithLabels(Kind, "silent").Inc();
                Log.Silent(logger, Kind, options.IdleTimeout);
            }
            catch (KubeException exception)
            {
                KubeMetrics.Watches.WithLabels(Kind, "failed").Inc();
                Log.Failed(logger, Kind, exception.Message);
                await PauseAsync(++failures, token);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken token)
    {
        var items = new List<T>();
        string? next = null;
        string version;
        do
        {
            var page = await client.ListAsync<T>(options.Query, options.PageSize, next, token);
            foreach (var item in page.Items)
            {
                options.Trim?.Invoke(item);
                items.Add(item);
            }

            foreach (var unreadable in page.Unreadable)
            {
                Log.Unreadable(logger, Kind, unreadable);
            }

            (next, version) = (page.Continue, page.ResourceVersion);
        } while (next is not null);

        store.Replace(items, version);
        Log.Listed(logger, items.Count, Kind, version);
        return version;
    }

    private async Task WatchAsync(string version, Action<string> told, CancellationToken token)
    {
        using var silence = new CancellationTokenSource(options.IdleTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, token);
        // Watches of many processes that began together should not end together.
        var seconds = Random.Shared.Next(300, 600);
        try
        {
            await foreach (var change in client.WatchAsync<T>(options.Query, version, seconds, both.Token))
            {
                silence.CancelAfter(options.IdleTimeout);
                if (change.Kind == WatchEventKind.Unreadable)
                {
                    Log.Unreadable(logger, Kind, change.Key.ToString());
                }
                else if (change.Entity is { } entity)
                {
                    options.Trim?.Invoke(entity);
                }

                store.Apply(change);
                if (change.ResourceVersion.Length > 0)
                {
                    told(change.ResourceVersion);
                }
            }
        }
        catch (OperationCanceledException exception)
            when (silence.IsCancellationRequested && !token.IsCancellationRequested)
        {
            throw new TimeoutException("The watch fell silent.", exception);
        }
    }

    private async Task PauseAsync(int failures, CancellationToken token)
    {
        try
        {
            await Task.Delay(_retries.Delay(failures), time, token);
        }
        catch (OperationCanceledException)
        {
            // The loop ends by its own condition.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Listed {Count} {Kind} at version {Version}")]
        public static partial void Listed(ILogger logger, int count, string kind, string version);

        [LoggerMessage(2, LogLevel.Information, "The server has forgotten version {Version} of {Kind}; listing again")]
        public static partial void Gone(ILogger logger, string kind, string? version);

        [LoggerMessage(3, LogLevel.Warning, "The watch of {Kind} said nothing for {Silence}; watching again")]
        public static partial void Silent(ILogger logger, string kind, TimeSpan silence);

        [LoggerMessage(4, LogLevel.Warning, "The watch of {Kind} failed: {Problem}")]
        public static partial void Failed(ILogger logger, string kind, string problem);

        [LoggerMessage(5, LogLevel.Error, "Left out, because it does not fit the class, {Kind} {Object}")]
        public static partial void Unreadable(ILogger logger, string kind, string @object);
    }
}
