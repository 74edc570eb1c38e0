using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Init;

/// <summary>Tries to get out, from behind the filter, and says how each attempt ended.</summary>
internal static unsafe class IsolationProbe
{
    private const int NonBlockingSocket = 0x800;
    private const int Netlink = 16;
    private const int Raw = 3;
    private const int InProgress = 115;

    /// <summary>Each attempt costs one refused system call; what is not refused waits for no answer.</summary>
    /// <param name="apiServer">The cluster's API server, if there is one.</param>
    public static IReadOnlyList<IsolationCheck> Run(IPEndPoint? apiServer) =>
        [
            Try("tcp", AddressFamily.InterNetwork, SocketType.Stream, IPAddress.Parse("1.1.1.1"), 443),
            Try("udp", AddressFamily.InterNetwork, SocketType.Dgram, IPAddress.Parse("1.1.1.1"), 443),
            Try("ipv6", AddressFamily.InterNetworkV6, SocketType.Stream, IPAddress.Parse("2606:4700:4700::1111"), 443),
            Try("dns", AddressFamily.InterNetwork, SocketType.Dgram, IPAddress.Parse("8.8.8.8"), 53),
            Try("metadata", AddressFamily.InterNetwork, SocketType.Stream, IPAddress.Parse("169.254.169.254"), 80),
            .. apiServer is null
                ? Array.Empty<IsolationCheck>()
                : [Try("api-server", apiServer.AddressFamily, SocketType.Stream, apiServer.Address, apiServer.Port)],
            TryNetlink(),
        ];

    /// <summary>What is open, as a sentence; null when every way is blocked.</summary>
    public static string? Refusal(IEnumerable<IsolationCheck> checks)
    {
        var open = string.Join(", ", checks.Where(check => !check.Blocked).Select(c => $"{c.Name} ({c.Detail})"));
        return open.Length == 0 ? null : $"The sandbox can get out and starts nothing: {open}.";
    }

    private static IsolationCheck Try(string name, AddressFamily family, SocketType type, IPAddress to, int port)
    {
        var v6 = family == AddressFamily.InterNetworkV6;
        var socket = Native.Socket(v6 ? 10 : 2, (int)type | NonBlockingSocket | Native.CloseOnExec, 0);
        if (socket < 0)
        {
            return new IsolationCheck(name, Blocked: true, $"socket: {Native.LastErrorText}");
        }

        Span<byte> address = stackalloc byte[28];
        address.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(address, (ushort)(v6 ? 10 : 2));
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)port);
        to.TryWriteBytes(address[(v6 ? 8 : 4)..], out _);
        int result;
        fixed (byte* start = address)
        {
            result = Native.Connect(socket, start, v6 ? 28u : 16u);
        }

        var error = Native.LastError;
        var detail = result == 0 || error == InProgress ? $"a way to {to} is open" : $"connect: {Native.LastErrorText}";
        Descriptors.Close(socket);
        return new IsolationCheck(name, Blocked: result != 0 && error != InProgress, detail);
    }

    private static IsolationCheck TryNetlink()
    {
        var socket = Native.Socket(Netlink, Raw | Native.CloseOnExec, 0);
        var detail = socket < 0 ? $"socket: {Native.LastErrorText}" : "a netlink socket is open";
        Descriptors.Close(socket);
        return new IsolationCheck("netlink", socket < 0, detail);
    }
}
