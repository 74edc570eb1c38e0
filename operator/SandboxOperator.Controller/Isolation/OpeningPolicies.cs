using System.Collections.Concurrent;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Events;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Isolation;

/// <summary>
/// Tells of network policies of others that open sandboxes: an event on the policy, a log line and a gauge. They are not
/// touched: they are their owners' business, and the sandbox's filter holds without policies.
/// </summary>
internal sealed partial class OpeningPolicies(
    IResourceCache<SandboxRuntime> runtimes,
    IEventPublisher events,
    ILogger<OpeningPolicies> logger
)
{
    private readonly ConcurrentDictionary<ObjectKey, string> _told = new();

    /// <summary>Looks at a policy and tells what is new.</summary>
    public void Review(V1NetworkPolicy policy)
    {
        var key = ObjectKey.Of(policy);
        var opened = string.Join(" and ", SandboxPolicy.Opens(policy));
        if (opened.Length == 0 || !HasRuntimes(policy.Metadata.NamespaceProperty))
        {
            Forget(policy);
            return;
        }

        if (_told.TryGetValue(key, out var told) && told == opened)
        {
            return;
        }

        _told[key] = opened;
        IsolationMetrics.OpeningPolicies.Set(_told.Count);
        Log.Opens(logger, key, opened);
        events.Publish(
            policy,
            ConditionReasons.OpenedByPolicy,
            $"This policy allows {opened} for sandbox pods: policies add up, and its podSelector includes pods with the "
                + $"label {SandboxLabels.Sandbox}. Narrow the selector.",
            EventType.Warning
        );
    }

    /// <summary>The policy is gone, or opens nothing any more.</summary>
    public void Forget(V1NetworkPolicy policy)
    {
        _told.TryRemove(ObjectKey.Of(policy), out _);
        IsolationMetrics.OpeningPolicies.Set(_told.Count);
    }

    private bool HasRuntimes(string @namespace) =>
        runtimes.List().Any(runtime => runtime.Metadata.NamespaceProperty == @namespace);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Network policy {Policy} allows {What} for sandboxes")]
        public static partial void Opens(ILogger logger, ObjectKey policy, string what);
    }
}
