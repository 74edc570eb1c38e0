using System.Net;
using System.Net.Sockets;

namespace SandboxOperator.Gateway.Console.Access;

/// <summary>How often an address may try to sign in with keys that are not known.</summary>
internal sealed class SignInLimiter(TimeProvider time)
{
    private const int MaxFailures = 10;
    private const int MaxAddresses = 10_000;
    private const int Ipv6NetworkBytes = 8;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Failures> _failures = new(StringComparer.Ordinal);

    public bool MayTry(IPAddress? address)
    {
        lock (_lock)
        {
            return !_failures.TryGetValue(Network(address), out var failures)
                || IsOver(failures)
                || failures.Count < MaxFailures;
        }
    }

    public void Failed(IPAddress? address)
    {
        var network = Network(address);
        lock (_lock)
        {
            if (_failures.TryGetValue(network, out var failures) && !IsOver(failures))
            {
                failures.Count++;
                return;
            }

            MakeRoom();
            _failures[network] = new Failures(time.GetTimestamp()) { Count = 1 };
        }
    }

    /// <summary>Forgets those whose time is over, and when there are none, the oldest.</summary>
    private void MakeRoom()
    {
        if (_failures.Count < MaxAddresses)
        {
            return;
        }

        foreach (var (network, failures) in _failures)
        {
            if (IsOver(failures))
            {
                _failures.Remove(network);
            }
        }

        if (_failures.Count >= MaxAddresses)
        {
            _failures.Remove(_failures.MinBy(entry => entry.Value.Since).Key);
        }
    }

    private bool IsOver(Failures failures) => time.GetElapsedTime(failures.Since) >= Window;

    /// <summary>Whoever has an IPv6 address has all of its network of 64 bits.</summary>
    private static string Network(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        return address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6NetworkBytes))
            : address.MapToIPv4().ToString();
    }

    private sealed class Failures(long since)
    {
        public long Since => since;
        public int Count { get; set; }
    }
}
