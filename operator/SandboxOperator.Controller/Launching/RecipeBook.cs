using System.Collections.Concurrent;
using k8s.Models;
using Microsoft.Extensions.Options;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;
using SandboxOperator.Controller.Options;
using SandboxOperator.Controller.Pods;
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
        // The runtime's status may have changed since.
        return entry.Recipe is { } recipe ? recipe with { Runtime = found } : null;
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
            return new Entry(uid, generation, null, new Blockade(ConditionReasons.InvalidSpec, message));
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
            UserNamespace = runtime.Spec.Isolation.UserNamespace == "Required",
        };
        template = template with { RuntimeHash = RuntimeHash.Of(template) };
        return new Entry(uid, generation, new SandboxRecipe(runtime, startTimeout, template), new Blockade("", ""));
    }

    private sealed record Entry(string Uid, long? Generation, SandboxRecipe? Recipe, Blockade Blockade);
}
