using k8s.Models;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>Says whether the cluster has what sandboxes need, and what to do when it has not.</summary>
[EntityRbac(
    typeof(SandboxRuntime),
    Verbs = RbacVerbs.Get,
    Role = RbacRole.Gateway,
    Reason = "Looks whether the runtime of its sessions is there."
)]
internal sealed class KubernetesChecks(
    IKubeClient client,
    IResourceCache<SandboxSession> cache,
    KubernetesSandboxOptions options,
    string space,
    TimeProvider time
) : IDisposable
{
    private const string Apply =
        "Apply the resource definitions: `kubectl apply -f crds/` (crds/legacy/ before Kubernetes 1.25), or install the chart.";

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1);
    private IReadOnlyList<SandboxCheck> _last = [];
    private long _lastAt;

    /// <summary>Asks the API server, but not more often than every ten seconds, however often somebody asks.</summary>
    public async ValueTask<IReadOnlyList<SandboxCheck>> RunAsync(CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            if (_last.Count == 0 || time.GetElapsedTime(_lastAt) > Fresh)
            {
                _last = await AskAsync(token);
                _lastAt = time.GetTimestamp();
            }

            return [.. _last, Sessions()];
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>What the answer to listing sessions means.</summary>
    public static IReadOnlyList<SandboxCheck> Explain(KubeException? failure) =>
        failure switch
        {
            null => [new("kubernetes", Ok: true, ""), new("resource definitions", Ok: true, "")],
            { Code: null } => [new("kubernetes", Ok: false, failure.Message)],
            { IsNotFound: true } =>
            [
                new("kubernetes", Ok: true, ""),
                new("resource definitions", Ok: false, $"SandboxSession is unknown to the cluster. {Apply}"),
            ],
            { IsForbidden: true } => [new("kubernetes", Ok: true, "")],
            _ => [new("kubernetes", Ok: false, failure.Message)],
        };

    private async Task<IReadOnlyList<SandboxCheck>> AskAsync(CancellationToken token)
    {
        KubeException? failure = null;
        try
        {
            await client.ListAsync<SandboxSession>(new ListQuery(space), 1, continueWith: null, token);
        }
        catch (KubeException exception)
        {
            failure = exception;
        }

        var reach = Explain(failure);
        return reach.All(check => check.Ok) ? [.. reach, await RightsAsync(token), await RuntimeAsync(token)] : reach;
    }

    private async Task<SandboxCheck> RightsAsync(CancellationToken token)
    {
        try
        {
            var needs = RbacNeeds.Of(RbacRole.Gateway, typeof(RbacNeeds).Assembly, typeof(KubernetesChecks).Assembly);
            var asked = needs.SelectMany(need => need.VerbNames.Select(verb => MissingAsync(need, verb, token)));
            var missing = (await Task.WhenAll(asked)).OfType<string>().ToList();
            return missing.Count == 0
                ? new SandboxCheck("rights", Ok: true, $"in namespace {space}")
                : new SandboxCheck(
                    "rights",
                    Ok: false,
                    $"the gateway may not {string.Join(", ", missing)} in namespace {space}. Bind it to the role that the "
                        + "chart makes; docs/security.md lists the rights."
                );
        }
        catch (KubeException exception)
        {
            return new SandboxCheck("rights", Ok: false, exception.Message);
        }
    }

    private async Task<string?> MissingAsync(RbacNeed need, string verb, CancellationToken token)
    {
        var resource = need.Resource.Split('/');
        var review = await client.CreateAsync(
            new V1SelfSubjectAccessReview
            {
                Metadata = new V1ObjectMeta(),
                Spec = new V1SelfSubjectAccessReviewSpec
                {
                    ResourceAttributes = new V1ResourceAttributes
                    {
                        Group = need.Group,
                        Resource = resource[0],
                        Subresource = resource.ElementAtOrDefault(1),
                        Verb = verb,
                        NamespaceProperty = space,
                    },
                },
            },
            "sandbox-gateway",
            token
        );
        return review.Status?.Allowed == true ? null : $"{verb} {need.Resource}";
    }

    private async Task<SandboxCheck> RuntimeAsync(CancellationToken token)
    {
        try
        {
            var runtime = await client.GetAsync<SandboxRuntime>(new ObjectKey(space, options.Runtime), token);
            return runtime switch
            {
                null => new SandboxCheck(
                    "runtime",
                    Ok: false,
                    $"there is no SandboxRuntime {options.Runtime} in namespace {space}. Create it, or name another one "
                        + $"with {KubernetesSandboxOptions.Section}:{nameof(options.Runtime)}."
                ),
                { Spec.AcceptSessions: false } => new SandboxCheck(
                    "runtime",
                    Ok: true,
                    $"{options.Runtime} accepts no new sessions at the moment"
                ),
                _ => new SandboxCheck("runtime", Ok: true, $"{options.Runtime}, image {runtime.Spec.Image}"),
            };
        }
        catch (KubeException exception)
        {
            return new SandboxCheck("runtime", Ok: false, exception.Message);
        }
    }

    private SandboxCheck Sessions() =>
        new(
            "sessions",
            cache.IsSynced,
            cache.IsSynced
                ? $"{cache.List().Count} of them, at most {options.Sessions} with a sandbox"
                : "not known yet"
        );
}
