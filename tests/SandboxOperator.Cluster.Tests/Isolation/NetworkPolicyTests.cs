using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Isolation;

/// <summary>Network policies and runtimes in a real API server; no node is needed.</summary>
public sealed class NetworkPolicyTests(ClusterNamespace space, IsolationHost host)
    : IClassFixture<ClusterNamespace>,
        IClassFixture<IsolationHost>
{
    [Fact]
    public async Task A_runtime_closes_its_namespace_and_what_weakens_the_policy_is_undone()
    {
        await ApplyRuntimeAsync("closing");
        await ClosedAsync();

        await Kubectl.RunAsync(
            "--namespace",
            space.Name,
            "patch",
            "networkpolicy",
            SandboxPolicy.Name,
            "--type=merge",
            """--patch={"spec":{"egress":[{}],"podSelector":{"matchLabels":{"app":"other"}}}}"""
        );

        await ClosedAsync();
    }

    [Fact]
    public async Task A_policy_that_somebody_deletes_comes_back_while_there_are_sandboxes()
    {
        await host.Policy.EnsureAsync(space.Name, CancellationToken.None);
        var old = await ClosedAsync();
        await MakePodAsync("lonely");

        await Kubectl.RunAsync("--namespace", space.Name, "delete", "networkpolicy", SandboxPolicy.Name);

        var back = await ClosedAsync();
        back.Metadata.Uid.ShouldNotBe(old.Metadata.Uid);
    }

    [Fact]
    public async Task A_policy_of_others_that_opens_sandboxes_is_reported_where_people_look()
    {
        await ApplyRuntimeAsync("watched");
        await ApplyPolicyAsync("only-web", "podSelector: { matchLabels: { app: web } }");
        await ApplyPolicyAsync("allow-dns", "podSelector: {}");

        var opened = await NetworkAsync("watched", condition => condition.Reason == ConditionReasons.OpenedByPolicy);
        opened.Status.ShouldBe("False");
        opened.Message.ShouldContain("'allow-dns' allows egress");
        opened.Message.ShouldNotContain("only-web");
        await Eventually.ListAsync<Corev1Event>(
            space.Name,
            labels: null,
            events =>
                events.Any(each =>
                    each
                        is {
                            Reason: ConditionReasons.OpenedByPolicy,
                            Type: "Warning",
                            InvolvedObject.Name: "allow-dns"
                        }
                ),
            "an event tells of the policy"
        );

        await Kubectl.RunAsync("--namespace", space.Name, "delete", "networkpolicy", "allow-dns");
        await NetworkAsync("watched", condition => condition.Reason != ConditionReasons.OpenedByPolicy);
    }

    [Fact]
    public async Task A_device_is_refused_by_the_server_or_by_the_runtimes_condition()
    {
        var yaml = RuntimeYaml("devices", "resources: { limits: { cpu: '1', memory: 1Gi, nvidia.com/gpu: '1' } }");
        if (await TestCluster.HasRulesAsync())
        {
            var (status, _, error) = await Kubectl.TryAsync(yaml, "apply", "--filename=-");
            status.ShouldNotBe(0);
            error.ShouldContain("sandboxes get no devices");
            return;
        }

        await Kubectl.ApplyAsync(yaml);
        var runtime = await Eventually.FindAsync<SandboxRuntime>(
            space.Key("devices"),
            found => found.Status?.Conditions.Find(ConditionTypes.Ready)?.Status == "False",
            "is not ready"
        );
        var ready = runtime.Status!.Conditions.Find(ConditionTypes.Ready)!;
        ready.Reason.ShouldBe(ConditionReasons.InvalidSpec);
        ready.Message.ShouldStartWith("spec.resources.limits[nvidia.com/gpu]: ");
    }

    [Fact]
    public async Task Outside_of_the_cluster_the_canary_is_the_service_of_the_api_server()
    {
        var address = await host.Canary.AddressAsync(CancellationToken.None);
        address.ShouldNotBeNull().ShouldEndWith(":443");
    }

    private Task<V1NetworkPolicy> ClosedAsync() =>
        Eventually.FindAsync<V1NetworkPolicy>(
            space.Key(SandboxPolicy.Name),
            SandboxPolicy.IsAsWanted,
            "closes the namespace"
        );

    private async Task<Condition> NetworkAsync(string runtime, Func<Condition, bool> condition)
    {
        var found = await Eventually.FindAsync<SandboxRuntime>(
            space.Key(runtime),
            each =>
                each.Status?.Conditions.Find(ConditionTypes.NetworkPolicyEnforced) is { } network && condition(network),
            "says what is known of the network"
        );
        return found.Status!.Conditions.Find(ConditionTypes.NetworkPolicyEnforced)!;
    }

    private async Task MakePodAsync(string name)
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = space.Name,
                Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [SandboxLabels.Sandbox] = "true" },
            },
            Spec = new V1PodSpec
            {
                NodeSelector = new Dictionary<string, string>(StringComparer.Ordinal) { ["no-such"] = "node" },
                Containers = [new V1Container { Name = "none", Image = "none" }],
            },
        };
        await space.Client.CreateAsync(pod, TestCluster.FieldManager, CancellationToken.None);
    }

    private Task<string> ApplyRuntimeAsync(string name) => Kubectl.ApplyAsync(RuntimeYaml(name, "preload: []"));

    private string RuntimeYaml(string name, string line) =>
        $"""
            apiVersion: sandboxoperator.dev/v1alpha1
            kind: SandboxRuntime
            metadata:
              name: {name}
              namespace: {space.Name}
            spec:
              image: example/runtime:1
              {line}
            """;

    private Task<string> ApplyPolicyAsync(string name, string selector) =>
        Kubectl.ApplyAsync(
            $$"""
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: {{name}}
              namespace: {{space.Name}}
            spec:
              {{selector}}
              policyTypes: [Egress]
              egress: [{ ports: [{ port: 53, protocol: UDP }] }]
            """
        );
}
