using System.Globalization;
using System.Net;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Controller.Isolation;

/// <summary>
/// The address that sandboxes try in order to find out whether policies are enforced: the API server's, as a service.
/// Every pod without policies reaches it; of that the controller itself is the proof.
/// </summary>
internal sealed class Canary(
    IKubeClient client,
    NetworkKnowledge network,
    IConfiguration configuration,
    TimeProvider time
)
{
    /// <summary>How long what one sandbox found is believed of others for which somebody waits.</summary>
    internal static readonly TimeSpan Believed = TimeSpan.FromHours(1);

    private static readonly ObjectKey ApiServer = new("default", "kubernetes");

    private string? _address;

    /// <summary>The address, <c>IP:PORT</c>; null when the cluster has none.</summary>
    /// <exception cref="KubeException">The API server cannot be reached.</exception>
    public async ValueTask<string?> AddressAsync(CancellationToken token) => _address ??= await FindAsync(token);

    /// <summary>The address that a new pod tries, <c>IP:PORT</c>; null when it need not, or when the cluster has none.</summary>
    /// <exception cref="KubeException">The API server cannot be reached.</exception>
    public async ValueTask<string?> ForAsync(PodRequest request, CancellationToken token) =>
        IsDue(request, network.LastSeenAt(request.Namespace), time.GetUtcNow()) ? await AddressAsync(token) : null;

    /// <summary>How long the next sandbox of a namespace waits for enforcement, by what the one before has seen.</summary>
    public TimeSpan Patience(string @namespace) => Patience(network.LastSeen(@namespace));

    /// <summary>
    /// Where nothing is known, as long as enforcement may lag; where the network was found open, not at all; where it was
    /// found enforced, long enough to tell a rejection from a server that starts again.
    /// </summary>
    internal static TimeSpan Patience(Condition? lastSeen) =>
        lastSeen?.Status switch
        {
            ConditionStatus.False => TimeSpan.Zero,
            ConditionStatus.True => TimeSpan.FromSeconds(1),
            _ => TimeSpan.FromSeconds(3),
        };

    /// <summary>
    /// Whether a pod has to try: where its runtime requires that every one does, where nobody waits for it, and where
    /// none of the namespace has lately.
    /// </summary>
    internal static bool IsDue(PodRequest request, DateTimeOffset? lastSeen, DateTimeOffset now) =>
        request.Spec.Isolation.RequireNetworkPolicy || request.Session is null || !(now - lastSeen < Believed);

    private async Task<string?> FindAsync(CancellationToken token)
    {
        if (Format(configuration["KUBERNETES_SERVICE_HOST"], configuration["KUBERNETES_SERVICE_PORT"]) is { } inCluster)
        {
            return inCluster;
        }

        try
        {
            var service = await client.GetAsync<V1Service>(ApiServer, token);
            return Format(
                service?.Spec?.ClusterIP,
                service?.Spec?.Ports?.FirstOrDefault()?.Port.ToString(CultureInfo.InvariantCulture)
            );
        }
        catch (KubeException exception) when (exception.IsForbidden)
        {
            // Outside of the cluster, and with few rights: then nobody finds out what the network enforces.
            return null;
        }
    }

    private static string? Format(string? host, string? port) =>
        IPAddress.TryParse(host, out var address)
        && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new IPEndPoint(address, number).ToString()
            : null;
}
