using k8s.Models;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;

namespace SandboxOperator.Controller.Isolation;

/// <inheritdoc />
/// <remarks>
/// The policy stays when the last sandbox of a namespace is gone: it selects nothing but sandboxes, costs nothing, and
/// whoever removed it could do so in the very moment in which the next sandbox comes.
/// </remarks>
[EntityRbac(
    typeof(V1NetworkPolicy),
    Verbs = RbacVerbs.Read | RbacVerbs.Create | RbacVerbs.Update | RbacVerbs.Patch,
    Role = RbacRole.Controller,
    Reason = "Closes the network to sandbox pods, and finds policies that open it."
)]
internal sealed partial class IsolationPolicy(
    IKubeClient client,
    IResourceCache<V1NetworkPolicy> policies,
    ILogger<IsolationPolicy> logger
) : IIsolationPolicy
{
    private const string FieldManager = "sandbox-controller";

    public async Task EnsureAsync(string @namespace, CancellationToken token)
    {
        var known = policies.Get(new ObjectKey(@namespace, SandboxPolicy.Name));
        if (known is not null && SandboxPolicy.IsAsWanted(known))
        {
            return;
        }

        var wanted = SandboxPolicy.Wanted(@namespace);
        var stored = await client.ApplyAsync(wanted, FieldManager, token);
        if (!SandboxPolicy.IsAsWanted(stored))
        {
            // What somebody else has added is theirs, and applying leaves it. Replacing does not.
            wanted.Metadata.ResourceVersion = stored.Metadata.ResourceVersion;
            stored = await client.ReplaceAsync(wanted, FieldManager, token);
        }

        policies.Remember(stored);
        IsolationMetrics.PolicyWrites.Inc();
        Log.Written(logger, @namespace, known is null ? "was not there" : "had been changed");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The network policy of namespace {Namespace} {What} and is in place")]
        public static partial void Written(ILogger logger, string @namespace, string what);
    }
}
