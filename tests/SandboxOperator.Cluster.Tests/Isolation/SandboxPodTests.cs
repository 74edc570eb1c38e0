using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Client;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Isolation;

/// <summary>
/// Real pods: what gets out of them, and whether their conditions tell the truth about it. They need a node; the one of
/// <c>tests/cluster</c> ignores network policies, so that what is blocked there is blocked inside the sandbox.
/// </summary>
public sealed class SandboxPodTests(ClusterNamespace space, IsolationHost host)
    : IClassFixture<ClusterNamespace>,
        IClassFixture<IsolationHost>
{
    private const string BareImage = "localhost/sandbox-operator/bare-runtime:dev";
    private const int NeighbourPort = 8080;

    [Fact]
    public async Task Nothing_gets_out_of_the_kernel_though_the_cluster_enforces_nothing()
    {
        var node = await NodeAsync();
        var canary = await host.Canary.AddressAsync(CancellationToken.None);
        var neighbour = await StartNeighbourAsync();
        var attempts = Attempts(node, canary!, neighbour);

        var (sandbox, pod) = await SandboxPod.StartAsync(space.Key("closed"), Runtime(), canary);

        // 1. The conditions tell the truth: the filter holds, and the policy does not.
        var found = PodIsolation.Of(pod, DateTimeOffset.UnixEpoch);
        found.NetworkIsolated.Status.ShouldBe(ConditionStatus.True);
        var reaches = await InContainerAsync("closed", attempts);
        var enforced = found.NetworkPolicyEnforced;
        enforced.Reason.ShouldBeOneOf(ConditionReasons.CanaryReached, ConditionReasons.CanaryBlocked);
        (enforced.Status == ConditionStatus.False).ShouldBe(
            reaches.Contains("api-server: open", StringComparison.Ordinal),
            $"{enforced.Message}\nan unfiltered process of the same pod said:\n{reaches}"
        );

        // 2. What the model writes reaches nothing; every attempt is refused as such, none has to time out.
        var printed = await sandbox.RunAsync(attempts);
        foreach (var line in printed.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            line.ShouldMatch("^[a-z0-9-]+: (errno 1|gaierror)$", printed);
        }

        printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(11, printed);
    }

    [Fact]
    public async Task The_list_of_fonts_that_the_image_brings_is_used()
    {
        await NodeAsync();
        var (sandbox, _) = await SandboxPod.StartAsync(space.Key("fonts"), Runtime(), canary: null);

        var printed = await sandbox.RunAsync(
            """
            import glob, os, matplotlib.pyplot as plt
            plt.plot([1, 2]); plt.close()
            baked = glob.glob("/usr/share/sandbox/matplotlib/fontlist-*.json")[0]
            used = os.path.join(os.environ["MPLCONFIGDIR"], os.path.basename(baked))
            print(open(used).read() == open(baked).read())
            """
        );

        printed.ShouldBe("True\n");
    }

    [Fact]
    public async Task An_image_of_somebody_else_with_nothing_but_IPython_runs_code()
    {
        await NodeAsync();
        var spec = Runtime() with { Image = BareImage, Python = "/opt/python/bin/python3", Preload = [] };
        var (sandbox, _) = await SandboxPod.StartAsync(space.Key("bare"), spec, canary: null);

        (await sandbox.RunAsync("print(1)")).ShouldBe("1\n");
        (await sandbox.RunAsync("import sys; print(sys.executable, 'pandas' in sys.modules)")).ShouldBe(
            "/opt/python/bin/python3 False\n"
        );
    }

    [Fact]
    public async Task A_Python_that_is_not_there_is_said_in_the_pods_own_words()
    {
        await NodeAsync();
        var spec = Runtime() with { Python = "/opt/missing/python3" };
        await SandboxPod.CreateAsync(space.Key("missing"), spec, canary: null);

        var pod = await Eventually.FindAsync<V1Pod>(
            space.Key("missing"),
            found => Kernel(found)?.LastState?.Terminated is not null || Kernel(found)?.State?.Terminated is not null,
            "has a kernel container that has ended"
        );

        var end = Kernel(pod)!.State?.Terminated ?? Kernel(pod)!.LastState.Terminated;
        end.Message.ShouldContain("/opt/missing/python3 cannot be started");
        pod.Status.Conditions.Single(c => c.Type == "Ready").Status.ShouldBe("False");
    }

    [Fact]
    public async Task The_profile_restricted_takes_the_pod()
    {
        await NodeAsync();
        if (!await TestCluster.HasRulesAsync())
        {
            Assert.Skip("Pod Security is there from 1.25 on.");
        }

        var label = "pod-security.kubernetes.io/enforce=restricted";
        await Kubectl.RunAsync("label", "namespace", space.Name, label, "--overwrite");
        await SandboxPod.CreateAsync(space.Key("restricted"), Runtime(), canary: null);
    }

    private static V1ContainerStatus? Kernel(V1Pod pod) =>
        pod.Status?.ContainerStatuses?.FirstOrDefault(each => each.Name == PodBuilder.KernelContainer);

    private static SandboxRuntimeSpec Runtime() =>
        new()
        {
            Image = SandboxPod.RuntimeImage,
            ImagePullPolicy = "IfNotPresent",
            Preload = ["numpy"],
        };

    /// <summary>The address of a node; skips the test where there is none.</summary>
    private static async Task<string> NodeAsync()
    {
        var nodes = (
            await TestCluster.Client.ListAsync<V1Node>(new ListQuery(), 10, null, CancellationToken.None)
        ).Items;
        var ready = nodes.FirstOrDefault(node =>
            node.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true
        );
        Assert.SkipUnless(ready is not null, "The cluster has no node that is ready.");
        return ready.Status.Addresses.First(address => address.Type == "InternalIP").Address;
    }

    /// <summary>A pod that listens, for sandboxes to try.</summary>
    private async Task<string> StartNeighbourAsync()
    {
        await Kubectl.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: neighbour, namespace: {{space.Name}} }
            spec:
              automountServiceAccountToken: false
              terminationGracePeriodSeconds: 0
              containers:
              - name: server
                image: {{SandboxPod.RuntimeImage}}
                imagePullPolicy: IfNotPresent
                workingDir: /usr/share/sandbox
                command: [python3, -m, http.server, "{{NeighbourPort}}"]
                readinessProbe: { tcpSocket: { port: {{NeighbourPort}} }, periodSeconds: 1 }
            """
        );
        var pod = await Eventually.FindAsync<V1Pod>(
            space.Key("neighbour"),
            each => each.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true,
            "is ready"
        );
        return pod.Status.PodIP;
    }

    private async Task<string> InContainerAsync(string pod, string code)
    {
        string[] exec = ["--namespace", space.Name, "exec", pod, "--container", PodBuilder.KernelContainer];
        return await Kubectl.RunAsync([.. exec, "--", "python3", "-c", code]);
    }

    private static string Attempts(string node, string canary, string neighbour)
    {
        var separator = canary.LastIndexOf(':');
        var (api, port) = (canary[..separator].Trim('[', ']'), canary[(separator + 1)..]);
        return $$"""
            import socket
            def attempt(name, family, kind, *to):
                try:
                    with socket.socket(family, kind) as way:
                        way.settimeout(3)
                        if kind == socket.SOCK_DGRAM:
                            way.sendto(b"x", to)
                        elif to:
                            way.connect(to)
                    print(name + ": open")
                except OSError as e:
                    print(f"{name}: errno {e.errno}")
            v4, v6, tcp, udp = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM
            attempt("tcp", v4, tcp, "1.1.1.1", 443)
            attempt("udp", v4, udp, "1.1.1.1", 443)
            attempt("dns", v4, udp, "8.8.8.8", 53)
            attempt("ipv6", v6, tcp, "2606:4700:4700::1111", 443)
            attempt("metadata", v4, tcp, "169.254.169.254", 80)
            attempt("api-server", socket.AF_INET6 if ":" in "{{api}}" else v4, tcp, "{{api}}", {{port}})
            attempt("kubelet", v4, tcp, "{{node}}", 10250)
            attempt("neighbour", v4, tcp, "{{neighbour}}", {{NeighbourPort}})
            attempt("loopback", v4, tcp, "127.0.0.1", 1)
            attempt("netlink", socket.AF_NETLINK, socket.SOCK_RAW)
            try:
                print("resolver: open", socket.getaddrinfo("kubernetes.default.svc", 443))
            except socket.gaierror:
                print("resolver: gaierror")
            """;
    }
}
