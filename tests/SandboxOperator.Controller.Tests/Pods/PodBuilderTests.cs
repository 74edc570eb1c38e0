using k8s;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Pods;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Pods;

public sealed class PodBuilderTests
{
    [Fact]
    public void The_default_runtime_gives_this_pod() => Golden.Compare("warm-pod.yaml", Yaml(Request(new())));

    [Fact]
    public void Everything_a_runtime_can_say_gives_this_pod()
    {
        var spec = new SandboxRuntimeSpec
        {
            Image = "registry.example/team/runtime@sha256:0123",
            ImagePullPolicy = "Always",
            ImagePullSecrets = [new LocalReference { Name = "pull" }],
            Python = "/opt/python/bin/python3",
            Preload = ["numpy"],
            Resources = new RuntimeResources
            {
                Requests = new Dictionary<string, string> { ["cpu"] = "250m" },
                Limits = new Dictionary<string, string> { ["cpu"] = "1500m", ["memory"] = "2Gi" },
            },
            Isolation = new RuntimeIsolation { RuntimeClassName = "gvisor" },
            Scheduling = new RuntimeScheduling
            {
                NodeSelector = new Dictionary<string, string> { ["pool"] = "sandboxes" },
                Tolerations = [new RuntimeToleration { Key = "sandboxes", Operator = "Exists" }],
                TopologySpread = [new RuntimeSpread { TopologyKey = "kubernetes.io/hostname" }],
            },
        };
        var request = Request(spec) with
        {
            Name = "session-1-x7f",
            Pool = null,
            Session = "session-1",
            UserNamespace = true,
            Owner = new V1OwnerReference
            {
                ApiVersion = "sandboxoperator.dev/v1alpha1",
                Kind = "SandboxSession",
                Name = "session-1",
                Uid = "uid-1",
                Controller = true,
            },
        };
        Golden.Compare("claimed-pod.yaml", Yaml(request));
    }

    [Fact]
    public void It_passes_the_profile_restricted_and_sees_no_credential()
    {
        var pod = PodBuilder.Build(Request(new()));
        pod.Spec.AutomountServiceAccountToken.ShouldBe(false);
        pod.Spec.SecurityContext.RunAsNonRoot.ShouldBe(true);
        pod.Spec.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault");
        pod.Spec.HostNetwork.ShouldBeNull();
        pod.Spec.HostPID.ShouldBeNull();
        pod.Spec.ShareProcessNamespace.ShouldBeNull();
        pod.Spec.Volumes.ShouldAllBe(volume => volume.EmptyDir != null);
        foreach (var container in pod.Spec.Containers.Concat(pod.Spec.InitContainers))
        {
            container.Env.ShouldBeNull();
            container.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false);
            container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true);
            container.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
            container.Resources.Limits.Keys.ShouldBe(["cpu", "memory"], ignoreOrder: true);
        }
    }

    [Fact]
    public void The_kernel_gets_nothing_of_the_agents_and_cannot_change_its_own_programs()
    {
        var containers = PodBuilder.Build(Request(new())).Spec.Containers;
        var agent = containers.Single(container => container.Name == PodBuilder.AgentContainer);
        var kernel = containers.Single(container => container.Name == PodBuilder.KernelContainer);
        kernel.VolumeMounts.ShouldNotContain(mount => mount.MountPath == SandboxPaths.State);
        kernel.VolumeMounts.Single(mount => mount.MountPath == SandboxPaths.Programs).ReadOnlyProperty.ShouldBe(true);
        // The kubelet starts the kernel's container when the hook of the one before, which brings its programs, has ended.
        containers.ShouldBe([agent, kernel]);
        agent.Lifecycle.PostStart.Exec.Command.ShouldContain("deliver");
        kernel.Lifecycle.ShouldBeNull("a command that is executed in it would not be filtered");
        kernel.StartupProbe.ShouldBeNull();
    }

    [Fact]
    public void Without_a_canary_nothing_runs_before_the_agent() =>
        PodBuilder.Build(Request(new()) with { Canary = null }).Spec.InitContainers.ShouldBeNull();

    [Fact]
    public void Nothing_to_preload_is_no_option_without_a_value()
    {
        var pod = PodBuilder.Build(Request(new() { Preload = [] }));
        var kernel = pod.Spec.Containers.Single(container => container.Name == PodBuilder.KernelContainer);
        kernel.Command.ShouldNotContain("--preload");
        kernel.Command.ShouldAllBe(word => word.Length > 0);
    }

    [Fact]
    public void The_hash_follows_what_the_pod_is_made_from_and_nothing_else()
    {
        var request = Request(new());
        var hash = RuntimeHash.Of(request);
        RuntimeHash.Of(request with { Name = "other", Pool = null, Session = "s" }).ShouldBe(hash);
        RuntimeHash.Of(request with { Canary = null, CanaryPatience = default, RuntimeHash = "" }).ShouldBe(hash);
        RuntimeHash.Of(Request(new() { AcceptSessions = false })).ShouldBe(hash);
        RuntimeHash.Of(request with { AgentImage = "agent:2" }).ShouldNotBe(hash);
        RuntimeHash.Of(Request(new() { Preload = [] })).ShouldNotBe(hash);
    }

    [Fact]
    public void Two_pods_have_two_users()
    {
        PodUser.Of("sandboxes", "a", false).ShouldNotBe(PodUser.Of("sandboxes", "b", false));
        PodUser.Of("sandboxes", "a", false).ShouldBeInRange(1_000_000_000, 1_999_999_999);
        PodUser.Of("sandboxes", "a", true).ShouldBeLessThan(65536);
    }

    [Theory]
    [InlineData("nvidia.com/gpu", "1", "no devices")]
    [InlineData("memory", "lots", "is not a quantity")]
    [InlineData("memory", "1Mi", "does not lie between")]
    [InlineData("cpu", "0", "does not lie between")]
    public void Bad_limits_are_refused_with_the_field(string name, string value, string reason)
    {
        var limits = new Dictionary<string, string>
        {
            ["cpu"] = "1",
            ["memory"] = "1Gi",
            [name] = value,
        };
        var spec = new SandboxRuntimeSpec { Resources = new RuntimeResources { Limits = limits } };
        SandboxSize.Read(spec, out var problems).ShouldBeNull();
        problems.ShouldContain(text => text.StartsWith($"spec.resources.limits[{name}]: ") && text.Contains(reason));
    }

    [Fact]
    public void A_request_over_the_limit_is_refused()
    {
        var resources = new RuntimeResources
        {
            Requests = new Dictionary<string, string> { ["cpu"] = "2" },
            Limits = new Dictionary<string, string> { ["cpu"] = "1", ["memory"] = "1Gi" },
        };
        SandboxSize.Read(new SandboxRuntimeSpec { Resources = resources }, out var problems).ShouldBeNull();
        problems.ShouldBe(["spec.resources.requests[cpu]: 2 is more than the limit of 1"]);
    }

    private static PodRequest Request(SandboxRuntimeSpec spec)
    {
        var size = SandboxSize.Read(spec, out var problems);
        problems.ShouldBeEmpty();
        return new PodRequest
        {
            Name = "default-7xk2p",
            Namespace = "sandboxes",
            Runtime = "default",
            Spec = spec.Image.Length > 0 ? spec : spec with { Image = "sandbox-operator/runtime:1" },
            Size = size!,
            RuntimeHash = "0123456789abcdef",
            AgentImage = "sandbox-operator/agent:1",
            Canary = "10.96.0.1:443",
            CanaryPatience = TimeSpan.FromSeconds(3),
            Pool = "default",
        };
    }

    private static string Yaml(PodRequest request) => KubernetesYaml.Serialize(PodBuilder.Build(request));
}
