using k8s;
using k8s.Models;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.UserNamespaces;
using Shouldly;

namespace SandboxOperator.Controller.Tests.UserNamespaces;

public sealed class NodePlacementTests
{
    private static readonly SandboxRuntimeSpec Picky = new()
    {
        Scheduling = new RuntimeScheduling
        {
            NodeSelector = new Dictionary<string, string> { ["pool"] = "sandboxes" },
            Tolerations = [new RuntimeToleration { Key = "team", Value = "a" }],
        },
    };

    [Fact]
    public void Every_node_that_pods_may_come_to_has_to_report()
    {
        Ask(new(), TestNodes.Node("a", ""), TestNodes.Node("b", "")).Kind.ShouldBe(NodeAnswerKind.AllReport);
        var mixed = Ask(new(), TestNodes.Node("a", ""), TestNodes.OldNode("b"));
        mixed.Kind.ShouldBe(NodeAnswerKind.OneDoesNot);
        mixed.Message.ShouldContain("The node b ");
        Ask(new()).Kind.ShouldBe(NodeAnswerKind.NoNode);
    }

    [Fact]
    public void Other_handlers_of_the_node_do_not_count()
    {
        Ask(new(), TestNodes.Node("a", "kata")).Kind.ShouldBe(NodeAnswerKind.OneDoesNot);
        var answer = Ask(new(), Class("kata"), TestNodes.Node("a", "kata"));
        answer.Kind.ShouldBe(NodeAnswerKind.AllReport);
        answer.Message.ShouldContain("'kata'");
        Ask(new(), Class("kata"), TestNodes.Node("a", "")).Kind.ShouldBe(NodeAnswerKind.OneDoesNot);
        Ask(new(), Class("old"), TestNodes.Node("a", "")).Kind.ShouldBe(NodeAnswerKind.OneDoesNot);
    }

    [Fact]
    public void Nodes_where_no_pod_can_come_do_not_count()
    {
        V1Node[] elsewhere =
        [
            TestNodes.OldNode("cordoned").Cordoned(),
            TestNodes.OldNode("windows").With("kubernetes.io/os", "windows"),
            TestNodes.OldNode("virtual").Tainted("virtual-kubelet.io/provider", "NoSchedule", "azure"),
        ];
        Ask(new(), [.. elsewhere, TestNodes.Node("a", "")]).Kind.ShouldBe(NodeAnswerKind.AllReport);
        Ask(new(), elsewhere).Kind.ShouldBe(NodeAnswerKind.NoNode);
    }

    [Theory]
    [InlineData("node.kubernetes.io/not-ready", "NoExecute", null)]
    [InlineData("cold", "PreferNoSchedule", null)]
    [InlineData("team", "NoSchedule", "a")]
    public void Taints_that_pass_or_are_tolerated_keep_no_node_out(string key, string effect, string? value) =>
        Ask(Picky, TestNodes.OldNode("a").With("pool", "sandboxes").Tainted(key, effect, value))
            .Kind.ShouldBe(NodeAnswerKind.OneDoesNot);

    [Fact]
    public void The_selector_of_the_runtime_and_of_its_class_both_count()
    {
        var node = TestNodes.Node("a", "kata").With("pool", "sandboxes");
        Ask(Picky, Class("kata"), node, TestNodes.OldNode("b")).Kind.ShouldBe(NodeAnswerKind.AllReport);
        Ask(Picky, Class("kata", "vm"), node).Kind.ShouldBe(NodeAnswerKind.NoNode);
        Ask(Picky, Class("kata", "vm"), node.With("vm", "true")).Kind.ShouldBe(NodeAnswerKind.AllReport);
        Ask(Picky, node.Tainted("team", "NoSchedule", "b")).Kind.ShouldBe(NodeAnswerKind.NoNode);
    }

    [Fact]
    public void What_servers_write_is_read()
    {
        const string Json = """
            {"metadata":{"name":"a"},"status":{"runtimeHandlers":[
              {"name":"","features":{"recursiveReadOnlyMounts":true,"userNamespaces":true}},
              {"name":"runc","features":{"userNamespaces":false}}]}}
            """;
        var node = KubernetesJson.Deserialize<V1Node>(Json);
        Ask(new(), node).Kind.ShouldBe(NodeAnswerKind.AllReport);
        Ask(new(), Class("runc"), node).Kind.ShouldBe(NodeAnswerKind.OneDoesNot);
    }

    private static NodeAnswer Ask(SandboxRuntimeSpec spec, params V1Node[] nodes) => Ask(spec, null, nodes);

    private static NodeAnswer Ask(SandboxRuntimeSpec spec, V1RuntimeClass? runtimeClass, params V1Node[] nodes)
    {
        var tally = new NodeTally(NodePlacement.Of(spec, runtimeClass));
        foreach (var node in nodes)
        {
            tally.Count(node);
        }

        return tally.Answer;
    }

    private static V1RuntimeClass Class(string handler, string? label = null) =>
        new()
        {
            Handler = handler,
            Scheduling = label is null
                ? null
                : new V1Scheduling { NodeSelector = new Dictionary<string, string> { [label] = "true" } },
        };
}
