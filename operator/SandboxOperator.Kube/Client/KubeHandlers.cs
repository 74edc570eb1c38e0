using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;

namespace SandboxOperator.Kube.Client;

/// <summary>
/// Connections to the API server. Its certificate must come from the cluster's authority and carry the host's name; the
/// client library, given the authority, checks the first only.
/// </summary>
internal static class KubeHandlers
{
    public static SocketsHttpHandler Create(KubernetesClientConfiguration config, int maxConnections)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = maxConnections,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // Behind a load balancer of several API servers, load spreads again after one was restarted.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
        };
        handler.SslOptions = Tls(config);
        config.FirstMessageHandlerSetup?.Invoke(handler);
        return handler;
    }

    /// <summary>
    /// A peer that vanished is noticed within a minute, also by streams that nobody reads from at the moment, which
    /// pings of a WebSocket cannot do.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions Tls(KubernetesClientConfiguration config)
    {
        var options = new SslClientAuthenticationOptions();
        if (config.SkipTlsVerify)
        {
            // The kubeconfig asks for it in so many words: insecure-skip-tls-verify.
#pragma warning disable MA0039, CA5359
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore MA0039, CA5359
        }
        else if (config.SslCaCerts is { Count: > 0 } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (ClientCertificate(config) is { } certificate)
        {
            options.ClientCertificates = [certificate];
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        return options;
    }

    private static X509Certificate2? ClientCertificate(KubernetesClientConfiguration config)
    {
        var certificate = Pem(config.ClientCertificateData, config.ClientCertificateFilePath);
        var key = Pem(config.ClientCertificateKeyData, config.ClientKeyFilePath);
        return certificate is null || key is null ? null : X509Certificate2.CreateFromPem(certificate, key);
    }

    private static string? Pem(string? base64, string? path) =>
        !string.IsNullOrWhiteSpace(base64) ? Encoding.UTF8.GetString(Convert.FromBase64String(base64))
        : !string.IsNullOrWhiteSpace(path) ? File.ReadAllText(path)
        : null;
}
