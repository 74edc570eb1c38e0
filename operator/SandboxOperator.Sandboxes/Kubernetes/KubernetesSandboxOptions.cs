namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>Settings of sandboxes in pods: the configuration section <c>Sandbox:Kubernetes</c>.</summary>
public sealed class KubernetesSandboxOptions
{
    /// <summary>The configuration section these settings are read from.</summary>
    public const string Section = "Sandbox:Kubernetes";

    /// <summary>The namespace of the sessions. Default: that of the gateway's pod, or of the kubeconfig's context.</summary>
    public string? Namespace { get; set; }

    /// <summary>The SandboxRuntime that sessions are made from.</summary>
    public string Runtime { get; set; } = "default";

    /// <summary>A kubeconfig's path. Default: the pod's service account, else <c>KUBECONFIG</c> or <c>~/.kube/config</c>.</summary>
    public string? Config { get; set; }

    /// <summary>The kubeconfig's context. Default: its current one.</summary>
    public string? Context { get; set; }

    /// <summary>How many sessions may have a sandbox at once.</summary>
    public int Sessions { get; set; } = 100;

    /// <summary>How many of them may belong to one project. Default: all of them.</summary>
    public int? SessionsPerProject { get; set; }

    /// <summary>How long after its last call a session ends.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a sandbox may take to start.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>To how many pods that wait in pools a stream is kept open; 0 for none.</summary>
    public int PreparedStreams { get; set; } = 16;
}
