using System.Text.Json.Nodes;

namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>
/// What the Pod Security profile <c>restricted</c> asks of a pod, and a little more: for clusters that cannot ask it
/// themselves.
/// </summary>
internal static class RestrictedProfile
{
    private static readonly string[] Volumes =
    [
        "configMap",
        "emptyDir",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ];

    /// <summary>What the spec of a pod does against it.</summary>
    public static IEnumerable<string> Violations(JsonObject spec)
    {
        foreach (var name in new[] { "hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace" })
        {
            if (IsTrue(spec[name]))
            {
                yield return name;
            }
        }

        foreach (var volume in Objects(spec["volumes"]))
        {
            if (!volume.Any(field => Volumes.Contains(field.Key, StringComparer.Ordinal)))
            {
                yield return $"volume {volume["name"]}";
            }
        }

        var pod = spec["securityContext"] as JsonObject ?? [];
        if (!IsTrue(pod["runAsNonRoot"]) || pod["runAsUser"]?.GetValue<long>() == 0)
        {
            yield return "runs as root";
        }

        if (pod["seccompProfile"]?["type"]?.GetValue<string>() != "RuntimeDefault")
        {
            yield return "seccomp";
        }

        foreach (var container in Objects(spec["containers"]).Concat(Objects(spec["initContainers"])))
        {
            foreach (var violation in OfContainer(container))
            {
                yield return $"{container["name"]}: {violation}";
            }
        }
    }

    private static IEnumerable<string> OfContainer(JsonObject container)
    {
        var security = container["securityContext"] as JsonObject ?? [];
        if (security["allowPrivilegeEscalation"]?.GetValue<bool>() != false || IsTrue(security["privileged"]))
        {
            yield return "privileges";
        }

        if (!IsTrue(security["readOnlyRootFilesystem"]))
        {
            yield return "writable root file system";
        }

        var capabilities = security["capabilities"] as JsonObject ?? [];
        if (capabilities.ContainsKey("add") || capabilities["drop"]?.ToJsonString() != "[\"ALL\"]")
        {
            yield return "capabilities";
        }

        if (Objects(container["ports"]).Any(port => port.ContainsKey("hostPort")))
        {
            yield return "a port of the host";
        }

        if (container["resources"]?["limits"]?["memory"] is null)
        {
            yield return "no limit of memory";
        }
    }

    private static bool IsTrue(JsonNode? node) => node?.GetValue<bool>() == true;

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();
}
