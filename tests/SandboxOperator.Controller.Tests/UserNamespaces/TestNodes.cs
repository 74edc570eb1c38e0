using k8s.Models;

namespace SandboxOperator.Controller.Tests.UserNamespaces;

/// <summary>Nodes as an API server would show them.</summary>
internal static class TestNodes
{
    /// <param name="name">Its name.</param>
    /// <param name="handlers">The runtime handlers that report user namespaces; the empty one is the default.</param>
    public static V1Node Node(string name, params string[] handlers) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                Labels = new Dictionary<string, string> { ["kubernetes.io/os"] = "linux" },
            },
            Spec = new V1NodeSpec(),
            Status = new V1NodeStatus
            {
                RuntimeHandlers =
                [
                    new V1NodeRuntimeHandler
                    {
                        Name = "old",
                        Features = new V1NodeRuntimeHandlerFeatures { UserNamespaces = false },
                    },
                    .. handlers.Select(handler => new V1NodeRuntimeHandler
                    {
                        Name = handler,
                        Features = new V1NodeRuntimeHandlerFeatures { UserNamespaces = true },
                    }),
                ],
            },
        };

    /// <summary>A node of a cluster before 1.30.</summary>
    public static V1Node OldNode(string name)
    {
        var node = Node(name);
        node.Status.RuntimeHandlers = null;
        return node;
    }

    public static V1Node With(this V1Node node, string label, string value)
    {
        node.Metadata.Labels[label] = value;
        return node;
    }

    public static V1Node Tainted(this V1Node node, string key, string effect, string? value = null)
    {
        node.Spec.Taints =
        [
            new V1Taint
            {
                Key = key,
                Effect = effect,
                Value = value,
            },
        ];
        return node;
    }

    public static V1Node Cordoned(this V1Node node)
    {
        node.Spec.Unschedulable = true;
        return node;
    }
}
