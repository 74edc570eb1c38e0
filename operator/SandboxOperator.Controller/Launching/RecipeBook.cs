using System.Collections.Concurrent;
using k8s.Models;
using Microsoft.Extensions.Options;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;
using SandboxOperator.Controller.Options;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Controller.UserNamespaces;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Launching;

/// <summary>Turns runtimes into recipes, once for every change of a runtime.</summary>
[EntityRbac(
    typeof(SandboxRuntime),
    Verbs = RbacVerbs.Read,
    Role = RbacRole.Controller,
    Reason = "Knows what pods are made from."
)]
internal sealed class RecipeBook(IResourceCache<SandboxRuntime> runtimes, IOptions<AgentOptions> agent)
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ObjectKey, Entry> _entries = new();

    /// <summary>The recipe of a runtime, or why there is none.</summary>
    public SandboxRecipe? Find(string @namespace, string runtime, out Blockade blockade)
    {
        var key = new ObjectKey(@namespace, runtime);
        if (runtimes.Get(key) is not { } found)
        {
            _entries.TryRemove(key, out _);
            blockade = new Blockade(
                ConditionReasons.RuntimeNotFound,
                $"There is no SandboxRuntime '{runtime}' in the namespace '{@namespace}'."
            );
            return null;
        }

        var entry = _entries.GetValueOrDefault(key);
        if (entry is null || entry.Uid != found.Metadata.Uid || entry.Generation != found.Metadata.Generation)
        {
            _entries[key] = entry = Read(found);
        }

        blockade = entry.Blockade;
        return entry is { HostUsers: { } hostUsers, UserNamespace: { } userNamespace }
            ? Recipe(found, entry.StartTimeout, hostUsers, userNamespace)
            : null;
    }

    /// <summary>The runtime's status may have changed since its templates were made.</summary>
    private static SandboxRecipe Recipe(
        SandboxRuntime runtime,
        TimeSpan startTimeout,
        PodRequest hostUsers,
        PodRequest userNamespace
    )
    {
        var use = UserNamespaceUse.Of(runtime);
        var (template, other) = use.IsGiven ? (userNamespace, hostUsers) : (hostUsers, userNamespace);
        IReadOnlyList<string> hashes = use.AlsoFits
            ? [template.RuntimeHash, other.RuntimeHash]
            : [template.RuntimeHash];
        return new SandboxRecipe(runtime, startTimeout, template, hashes, use.Blockade);
    }

    private Entry Read(SandboxRuntime runtime)
    {
        var (uid, generation) = (runtime.Metadata.Uid, runtime.Metadata.Generation);
        var size = SandboxSize.Read(runtime.Spec, out var problems);
        var found = problems.ToList();
        if (
            !GoDuration.TryParse(runtime.Spec.Limits.StartTimeout, out var startTimeout)
            || startTimeout < TimeSpan.FromSeconds(1)
            || startTimeout > LongestStart
        )
        {
            found.Add(
                $"spec.limits.startTimeout: '{runtime.Spec.Limits.StartTimeout}' is not a length of time between 1s and 1h"
            );
        }

        if (size is null || found.Count > 0)
        {
            var message = $"The runtime '{runtime.Metadata.Name}' is wrong: {string.Join("; ", found)}";
            return new Entry(uid, generation, default, null, null, new Blockade(ConditionReasons.InvalidSpec, message));
        }

        var template = new PodRequest
        {
            Name = "",
            Namespace = runtime.Metadata.NamespaceProperty,
            Runtime = runtime.Metadata.Name,
            Spec = runtime.Spec,
            Size = size,
            RuntimeHash = "",
            AgentImage = agent.Value.Image,
            AgentImagePullPolicy = agent.Value.ImagePullPolicy,
        };
        return new Entry(
            uid,
            generation,
            startTimeout,
            Hashed(template),
            Hashed(template with { UserNamespace = true }),
            new Blockade("", "")
        );

        static PodRequest Hashed(PodRequest request) => request with { RuntimeHash = RuntimeHash.Of(request) };
    }

    /// <param name="Uid">The runtime's uid.</param>
    /// <param name="Generation">The generation that was read.</param>
    /// <param name="StartTimeout">How long a pod may take to start.</param>
    /// <param name="HostUsers">The template of pods without a user namespace; null when the runtime is wrong.</param>
    /// <param name="UserNamespace">The template of pods with one.</param>
    /// <param name="Blockade">What is wrong.</param>
    private sealed record Entry(
        string Uid,
        long? Generation,
        TimeSpan StartTimeout,
        PodRequest? HostUsers,
        PodRequest? UserNamespace,
        Blockade Blockade
    );
}
