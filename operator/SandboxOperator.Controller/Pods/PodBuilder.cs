using System.Globalization;
using k8s.Models;
using SandboxOperator.Api.Agent;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;

namespace SandboxOperator.Controller.Pods;

/// <summary>Builds sandbox pods. Pure: the same request gives the same pod.</summary>
/// <remarks>
/// Two containers that share the working directory and one socket, and no process namespace: the agent, which never
/// runs the user's code and is the only one that anybody connects to, and the kernel's, in the runtime's image. Init and
/// the kernel are brought by the agent's image and lie on a read-only mount, so that any image with Python, IPython and
/// glibc 2.34 will do. The pod passes the Pod Security profile <c>restricted</c>.
/// </remarks>
internal static class PodBuilder
{
    /// <summary>The container that runs the user's code.</summary>
    public const string KernelContainer = "kernel";

    /// <summary>The container that the gateway connects to.</summary>
    public const string AgentContainer = AgentLocation.Container;

    /// <summary>The container before them, in pods that try the canary.</summary>
    public const string CanaryContainer = "canary";

    /// <summary>Tells the autoscaler of nodes whether it may remove the pod.</summary>
    public const string SafeToEvict = "cluster-autoscaler.kubernetes.io/safe-to-evict";

    private const string ProgramsVolume = "programs";
    private const string DataVolume = "data";
    private const string HomeVolume = "home";
    private const string TemporaryVolume = "tmp";
    private const string LinkVolume = "link";
    private const string StateVolume = "state";
    private const string SharedMemoryVolume = "shm";
    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";
    private const string DeliveredPrograms = "/programs";
    private const string MessageOrLog = "FallbackToLogsOnError";
    private const int AgentMemoryMebibytes = 192;

    // Below what a kubelet waits for a command, so that it says itself what is missing.
    private const int ReadyDeadlineSeconds = 30;
    private const int ReadyTimeoutSeconds = 35;

    // The agent can do nothing about a kernel that does not start: it is never started again for that.
    private const int NeverGivenUp = 1_000_000;

    // No answer comes from here, but a pod with the DNS policy None has to name a server.
    private const string NoNameServer = "127.0.0.1";

    /// <summary>The pod for a request.</summary>
    public static V1Pod Build(PodRequest request) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta
            {
                Name = request.Name,
                NamespaceProperty = request.Namespace,
                Labels = Labels(request),
                Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    // A warm pod can be made again, a claimed one holds somebody's variables.
                    [SafeToEvict] = request.Session is null ? "true" : "false",
                    [DefaultContainer] = AgentContainer,
                },
                OwnerReferences = request.Owner is { } owner ? [owner] : null,
            },
            Spec = BuildSpec(request),
        };

    /// <summary>The pod's spec.</summary>
    public static V1PodSpec BuildSpec(PodRequest request)
    {
        var spec = request.Spec;
        var user = PodUser.Of(request.Namespace, request.Name, request.UserNamespace);
        return new V1PodSpec
        {
            AutomountServiceAccountToken = false,
            EnableServiceLinks = false,
            HostUsers = request.UserNamespace ? false : null,
            Hostname = "sandbox",
            DnsPolicy = "None",
            DnsConfig = new V1PodDNSConfig { Nameservers = [NoNameServer] },
            RestartPolicy = "Always",
            TerminationGracePeriodSeconds = 5,
            RuntimeClassName = spec.Isolation.RuntimeClassName,
            ImagePullSecrets = spec
                .ImagePullSecrets?.Select(secret => new V1LocalObjectReference { Name = secret.Name })
                .ToList(),
            NodeSelector = spec.Scheduling?.NodeSelector?.ToDictionary(StringComparer.Ordinal),
            Tolerations = spec.Scheduling?.Tolerations?.Select(Toleration).ToList(),
            TopologySpreadConstraints = spec
                .Scheduling?.TopologySpread?.Select(spread => Spread(spread, request.Runtime))
                .ToList(),
            SecurityContext = new V1PodSecurityContext
            {
                RunAsNonRoot = true,
                RunAsUser = user,
                RunAsGroup = user,
                FsGroup = user,
                SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
            },
            InitContainers = request.Canary is { } canary ? [Canary(request, canary)] : null,
            // In this order: the kubelet starts no container before the hook of the one before has ended.
            Containers = [Agent(request), Kernel(request)],
            Volumes = Volumes(request.Size),
        };
    }

    private static Dictionary<string, string> Labels(PodRequest request)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [SandboxLabels.Sandbox] = "true",
            [SandboxLabels.Runtime] = request.Runtime,
            [SandboxLabels.RuntimeHash] = request.RuntimeHash,
        };
        if (request.Pool is { } pool)
        {
            labels[SandboxLabels.Pool] = pool;
        }

        if (request.Session is { } session)
        {
            labels[SandboxLabels.Session] = session;
        }

        return labels;
    }

    /// <summary>Tries the canary: the pod's only unfiltered attempt. It costs a start a second, see ADR 12.</summary>
    private static V1Container Canary(PodRequest request, string canary) =>
        new()
        {
            Name = CanaryContainer,
            Image = request.AgentImage,
            ImagePullPolicy = request.AgentImagePullPolicy,
            Command =
            [
                SandboxPaths.Agent,
                "canary",
                "--address",
                canary,
                "--patience",
                Text((long)request.CanaryPatience.TotalSeconds),
            ],
            TerminationMessagePolicy = MessageOrLog,
            SecurityContext = Strict(),
            Resources = Resources("10m", "16Mi", "500m", "64Mi"),
        };

    private static V1Container Agent(PodRequest request) =>
        new()
        {
            Name = AgentContainer,
            Image = request.AgentImage,
            ImagePullPolicy = request.AgentImagePullPolicy,
            Command =
            [
                SandboxPaths.Agent,
                "serve",
                "--socket",
                SandboxPaths.AgentSocket,
                "--kernel-socket",
                SandboxPaths.KernelSocket,
                "--data",
                SandboxPaths.Data,
                "--state",
                SandboxPaths.Calls,
                "--scratch",
                SandboxPaths.Home,
                "--scratch",
                SandboxPaths.Temporary,
                "--call-timeout",
                Text((long)Math.Ceiling(request.Size.CallTimeout.TotalSeconds)),
                "--output-bytes",
                Text(request.Size.OutputBytes),
                "--disk-bytes",
                Text(request.Size.DiskBytes),
                "--files",
                Text(request.Spec.Limits.Files),
            ],
            Lifecycle = new V1Lifecycle { PostStart = Deliver() },
            StartupProbe = Ready(),
            TerminationMessagePolicy = MessageOrLog,
            SecurityContext = Strict(),
            Resources = Resources("10m", "32Mi", "1", $"{AgentMemoryMebibytes}Mi"),
            VolumeMounts =
            [
                Mount(DataVolume, SandboxPaths.Data),
                Mount(HomeVolume, SandboxPaths.Home),
                Mount(TemporaryVolume, SandboxPaths.Temporary),
                Mount(LinkVolume, SandboxPaths.Link),
                Mount(StateVolume, SandboxPaths.State),
                Mount(ProgramsVolume, DeliveredPrograms),
            ],
        };

    /// <summary>Brings init and the kernel, both from the agent's image, before the kernel's container starts.</summary>
    private static V1LifecycleHandler Deliver() =>
        new() { Exec = new V1ExecAction { Command = [SandboxPaths.Agent, "deliver", "--to", DeliveredPrograms] } };

    /// <summary>
    /// The agent counts as started, and the pod as ready, when code can run. The command waits for that, so that the
    /// kubelet knows at once and asks once; after the first success it never asks again.
    /// </summary>
    private static V1Probe Ready() =>
        new()
        {
            Exec = new V1ExecAction
            {
                Command =
                [
                    SandboxPaths.Agent,
                    "ready",
                    "--socket",
                    SandboxPaths.AgentSocket,
                    "--deadline",
                    Text(ReadyDeadlineSeconds),
                ],
            },
            PeriodSeconds = 1,
            TimeoutSeconds = ReadyTimeoutSeconds,
            FailureThreshold = NeverGivenUp,
        };

    private static V1Container Kernel(PodRequest request) =>
        new()
        {
            Name = KernelContainer,
            Image = request.Spec.Image,
            ImagePullPolicy = request.Spec.ImagePullPolicy,
            WorkingDir = SandboxPaths.Data,
            Command =
            [
                SandboxPaths.Agent,
                "init",
                "--kernel-socket",
                SandboxPaths.KernelSocket,
                "--python",
                request.Spec.Python,
                "--kernel",
                SandboxPaths.Kernel,
                "--data",
                SandboxPaths.Data,
                "--scratch",
                SandboxPaths.Home,
                "--scratch",
                SandboxPaths.Temporary,
                .. request.Spec.Preload.Count > 0
                    ? ["--preload", string.Join(',', request.Spec.Preload)]
                    : Array.Empty<string>(),
                "--memory-bytes",
                Text(request.Size.MemoryBytes),
                "--processes",
                Text(request.Spec.Limits.Processes),
                "--disk-bytes",
                Text(request.Size.DiskBytes),
                "--files",
                Text(request.Spec.Limits.Files),
                "--cpus",
                request.Size.Cpus.ToString(CultureInfo.InvariantCulture),
            ],
            TerminationMessagePolicy = MessageOrLog,
            SecurityContext = Strict(),
            Resources = new V1ResourceRequirements
            {
                Requests = Quantities(request.Spec.Resources.Requests),
                Limits = Quantities(request.Spec.Resources.Limits),
            },
            VolumeMounts =
            [
                Mount(ProgramsVolume, SandboxPaths.Programs, readOnly: true),
                Mount(DataVolume, SandboxPaths.Data),
                Mount(HomeVolume, SandboxPaths.Home),
                Mount(TemporaryVolume, SandboxPaths.Temporary),
                Mount(LinkVolume, SandboxPaths.Link),
                Mount(SharedMemoryVolume, SandboxPaths.SharedMemory),
            ],
        };

    /// <summary>Sizes are backstops: a pod that passes one is evicted, so init keeps its limit well below.</summary>
    private static List<V1Volume> Volumes(SandboxSize size) =>
        [
            Empty(ProgramsVolume, "128Mi"),
            Empty(DataVolume, Text(size.DiskBytes * 2)),
            Empty(HomeVolume, Text(size.DiskBytes * 2)),
            Empty(TemporaryVolume, Text(size.DiskBytes * 2)),
            Empty(LinkVolume, "16Mi"),
            Empty(StateVolume, "1Gi"),
            Empty(SharedMemoryVolume, Text(size.SharedMemoryBytes), "Memory"),
        ];

    private static V1Volume Empty(string name, string limit, string? medium = null) =>
        new()
        {
            Name = name,
            EmptyDir = new V1EmptyDirVolumeSource { SizeLimit = new ResourceQuantity(limit), Medium = medium },
        };

    private static V1VolumeMount Mount(string volume, string path, bool readOnly = false) =>
        new()
        {
            Name = volume,
            MountPath = path,
            ReadOnlyProperty = readOnly ? true : null,
        };

    private static V1SecurityContext Strict() =>
        new()
        {
            AllowPrivilegeEscalation = false,
            Privileged = false,
            ReadOnlyRootFilesystem = true,
            RunAsNonRoot = true,
            Capabilities = new V1Capabilities { Drop = ["ALL"] },
        };

    private static V1ResourceRequirements Resources(string cpu, string memory, string cpuLimit, string memoryLimit) =>
        new()
        {
            Requests = Quantities(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["cpu"] = cpu, ["memory"] = memory }
            ),
            Limits = Quantities(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["cpu"] = cpuLimit, ["memory"] = memoryLimit }
            ),
        };

    private static Dictionary<string, ResourceQuantity> Quantities(IReadOnlyDictionary<string, string> texts) =>
        texts.ToDictionary(text => text.Key, text => new ResourceQuantity(text.Value), StringComparer.Ordinal);

    /// <summary>A toleration as pods have it.</summary>
    public static V1Toleration Toleration(RuntimeToleration toleration) =>
        new()
        {
            Key = toleration.Key,
            OperatorProperty = toleration.Operator,
            Value = toleration.Value,
            Effect = toleration.Effect,
            TolerationSeconds = toleration.TolerationSeconds,
        };

    private static V1TopologySpreadConstraint Spread(RuntimeSpread spread, string runtime) =>
        new()
        {
            TopologyKey = spread.TopologyKey,
            MaxSkew = spread.MaxSkew,
            WhenUnsatisfiable = spread.WhenUnsatisfiable,
            LabelSelector = new V1LabelSelector
            {
                MatchLabels = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [SandboxLabels.Runtime] = runtime,
                },
            },
        };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
