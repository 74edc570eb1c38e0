using k8s;
using k8s.Authentication;

namespace SandboxOperator.Kube.Client;

/// <summary>
/// How to reach one API server, and as whom. Requests share a pool of connections; every watch and every exec stream has
/// a connection of its own, so that none of them waits behind another.
/// </summary>
public sealed class KubeConnection : IDisposable
{
    private readonly ServiceClientCredentials? _credentials;
    private readonly string? _serverName;
    private readonly HttpMessageInvoker _requests;
    private readonly HttpMessageInvoker _streams;

    /// <summary>Prepares connections; nothing is opened yet.</summary>
    /// <param name="config">Where the server is and who asks, for example from a kubeconfig.</param>
    /// <param name="maxConnections">How many requests run at once.</param>
    public KubeConnection(KubernetesClientConfiguration config, int maxConnections = 32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxConnections);
        BaseAddress = new Uri(config.Host.TrimEnd('/') + "/");
        Namespace = string.IsNullOrEmpty(config.Namespace) ? "default" : config.Namespace;
        _credentials = Kubernetes.CreateCredentials(config);
        _serverName = string.IsNullOrEmpty(config.TlsServerName) ? null : config.TlsServerName;
        _requests = new HttpMessageInvoker(KubeHandlers.Create(config, maxConnections));
        _streams = new HttpMessageInvoker(KubeHandlers.Create(config, int.MaxValue));
    }

    /// <summary>The server's address, with a slash at its end.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The namespace of the pod this runs in, or that of the kubeconfig's context.</summary>
    public string Namespace { get; }

    internal HttpMessageInvoker Streams => _streams;

    /// <summary>In a pod its service account; elsewhere a kubeconfig.</summary>
    /// <param name="kubeconfig">The kubeconfig's path; when absent <c>KUBECONFIG</c> or <c>~/.kube/config</c>.</param>
    /// <param name="context">The kubeconfig's context; when absent its current one.</param>
    /// <returns>A connection.</returns>
    /// <exception cref="k8s.Exceptions.KubeConfigException">There is no configuration, or it is wrong.</exception>
    public static KubeConnection Open(string? kubeconfig = null, string? context = null) =>
        new(
            kubeconfig is null && KubernetesClientConfiguration.IsInCluster()
                ? KubernetesClientConfiguration.InClusterConfig()
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig ?? FromEnvironment(), context)
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        _requests.Dispose();
        _streams.Dispose();
    }

    /// <summary>The library looks at the variable only when it is given no context either. Of a list, the first file.</summary>
    private static string? FromEnvironment() =>
        Environment
            .GetEnvironmentVariable("KUBECONFIG")
            ?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault();

    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool stream, CancellationToken token)
    {
        request.RequestUri = new Uri(BaseAddress, request.RequestUri!);
        await AuthorizeAsync(request, token);
        // An invoker, unlike a client, answers when the headers are there.
        return await (stream ? _streams : _requests).SendAsync(request, token);
    }

    internal async Task AuthorizeAsync(HttpRequestMessage request, CancellationToken token)
    {
        // The name that the certificate must carry when it is not the address's: the handler takes it from here alone.
        request.Headers.Host = _serverName;
        if (_credentials is not null)
        {
            await _credentials.ProcessHttpRequestAsync(request, token);
        }
    }
}
