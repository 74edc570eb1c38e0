using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;

namespace SandboxOperator.Agent.Serve.Kernels;

/// <summary>Tells init from other programs in the sandbox, which can reach the socket as well.</summary>
internal static class PeerCheck
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>
    /// True unless the peer is seen to live in a PID namespace of its own without being its first process. A peer in
    /// another container cannot be seen at all; there the rule is that nothing but init runs before init connects.
    /// </summary>
    public static bool MayBeInit(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        var pid = BinaryPrimitives.ReadInt32LittleEndian(credentials);
        try
        {
            var status = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"));
            var line = status.FirstOrDefault(l => l.StartsWith("NSpid:", StringComparison.Ordinal));
            var ids = line?["NSpid:".Length..].Split('\t', StringSplitOptions.RemoveEmptyEntries) ?? [];
            return ids.Length < 2 || ids[^1] == "1";
        }
        catch (IOException)
        {
            // Zero, for what cannot be seen from here, or a process that is gone, whose connection then ends.
            return true;
        }
    }
}
