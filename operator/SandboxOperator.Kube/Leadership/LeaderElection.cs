using k8s.Models;
using Microsoft.Extensions.Logging;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;

namespace SandboxOperator.Kube.Leadership;

/// <summary>
/// Lets one process at a time work.
/// <list type="number">
/// <item>Take the lease when nobody holds it or its holder gives no sign.</item>
/// <item>Work, and renew the lease. When that has not succeeded for the deadline, work is stopped before the lease ends.</item>
/// <item>Wait until the work has stopped; then release the lease when shutting down, or fight for it again.</item>
/// </list>
/// </summary>
[EntityRbac(
    typeof(V1Lease),
    Verbs = RbacVerbs.Get | RbacVerbs.Create | RbacVerbs.Update,
    Role = RbacRole.ControllerNamespace,
    Reason = "Elects one of several controllers to work."
)]
internal sealed partial class LeaderElection(
    IKubeClient client,
    LeaderElectionOptions options,
    string space,
    TimeProvider time,
    ILogger<LeaderElection> logger
)
{
    private const string FieldManager = "sandbox-leader-election";

    private readonly ObjectKey _key = new(options.Namespace ?? space, options.LeaseName);
    private readonly string _identity = options.Identity ?? $"{Environment.MachineName}_{Guid.NewGuid():N}";
    private V1Lease? _lease;
    private string? _version;
    private long _changedAt;

    /// <summary>Runs until the token is cancelled, or the work ends or fails.</summary>
    /// <param name="work">What to do while leading; must end soon after its token is cancelled.</param>
    /// <param name="token">Shuts down.</param>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            if (!await TryAsync(token))
            {
                await PauseAsync(token);
                continue;
            }

            Log.Leading(logger, _identity, _key);
            KubeMetrics.Leader.WithLabels(_key.Name).Set(1);
            var ended = await LeadAsync(work, token);
            KubeMetrics.Leader.WithLabels(_key.Name).Set(0);
            if (ended || token.IsCancellationRequested)
            {
                await ReleaseAsync();
                return;
            }

            Log.Lost(logger, _identity, _key);
        }
    }

    /// <returns>Whether the work ended by itself.</returns>
    private async Task<bool> LeadAsync(Func<CancellationToken, Task> work, CancellationToken token)
    {
        // Work must have stopped before others may begin: the deadline runs on its own, whatever a request does.
        using var unrenewed = new CancellationTokenSource(options.RenewDeadline, time);
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(token, unrenewed.Token);
        var working = Task.Run(() => work(leading.Token), CancellationToken.None);
        while (!leading.IsCancellationRequested && !working.IsCompleted)
        {
            await Task.WhenAny(PauseAsync(leading.Token), working);
            if (await TryAsync(leading.Token))
            {
                unrenewed.CancelAfter(options.RenewDeadline);
            }
            else if (IsHeldByAnother())
            {
                break;
            }
        }

        var endedByItself = working.IsCompleted && !leading.IsCancellationRequested;
        await leading.CancelAsync();
        try
        {
            await working;
        }
        catch (OperationCanceledException) when (leading.IsCancellationRequested)
        {
            // It stopped when it was told to.
        }
        catch (Exception)
        {
            await ReleaseAsync();
            throw;
        }

        return endedByItself;
    }

    private bool IsHeldByAnother() =>
        _lease?.Spec?.HolderIdentity is { Length: > 0 } holder
        && !string.Equals(holder, _identity, StringComparison.Ordinal);

    /// <summary>Takes or renews the lease, if that is allowed.</summary>
    private async Task<bool> TryAsync(CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(options.RenewDeadline / 4, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            var found = await client.GetAsync<V1Lease>(_key, both.Token);
            Observe(found);
            var now = time.GetUtcNow();
            if (found is null)
            {
                var metadata = new V1ObjectMeta { Name = _key.Name, NamespaceProperty = _key.Namespace };
                var first = LeaseDecision.Take(
                    new V1Lease { Metadata = metadata },
                    _identity,
                    options.LeaseDuration,
                    now
                );
                Observe(await client.CreateAsync(first, FieldManager, both.Token));
                return true;
            }

            if (!LeaseDecision.MayTake(found, _identity, time.GetElapsedTime(_changedAt)))
            {
                return false;
            }

            var taken = LeaseDecision.Take(found, _identity, options.LeaseDuration, now);
            Observe(await client.ReplaceAsync(taken, FieldManager, both.Token));
            return true;
        }
        catch (KubeException exception) when (exception.IsConflict)
        {
            return false;
        }
        catch (Exception exception) when (exception is KubeException or OperationCanceledException)
        {
            if (!token.IsCancellationRequested)
            {
                Log.Failed(logger, _key, exception.Message);
            }

            return false;
        }
    }

    private void Observe(V1Lease? lease)
    {
        _lease = lease;
        if (!string.Equals(_version, lease?.Metadata.ResourceVersion, StringComparison.Ordinal))
        {
            _version = lease?.Metadata.ResourceVersion;
            _changedAt = time.GetTimestamp();
        }
    }

    private async Task ReleaseAsync()
    {
        if (_lease is not { } lease || IsHeldByAnother())
        {
            return;
        }

        using var deadline = new CancellationTokenSource(options.RenewDeadline / 4, time);
        try
        {
            await client.ReplaceAsync(LeaseDecision.Release(lease, time.GetUtcNow()), FieldManager, deadline.Token);
            Log.Released(logger, _identity, _key);
        }
        catch (Exception exception) when (exception is KubeException or OperationCanceledException)
        {
            // The others take over when the lease ends.
            Log.Failed(logger, _key, exception.Message);
        }
    }

    private async Task PauseAsync(CancellationToken token)
    {
        try
        {
            await Task.Delay(options.RetryPeriod, time, token);
        }
        catch (OperationCanceledException)
        {
            // Callers look at their conditions.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Identity} leads: holds lease {Lease}")]
        public static partial void Leading(ILogger logger, string identity, ObjectKey lease);

        [LoggerMessage(2, LogLevel.Warning, "{Identity} has lost lease {Lease}; its work has stopped")]
        public static partial void Lost(ILogger logger, string identity, ObjectKey lease);

        [LoggerMessage(3, LogLevel.Information, "{Identity} has released lease {Lease}")]
        public static partial void Released(ILogger logger, string identity, ObjectKey lease);

        [LoggerMessage(4, LogLevel.Warning, "Cannot renew or take lease {Lease}: {Problem}")]
        public static partial void Failed(ILogger logger, ObjectKey lease, string problem);
    }
}
