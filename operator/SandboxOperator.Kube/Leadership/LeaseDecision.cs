using k8s.Models;

namespace SandboxOperator.Kube.Leadership;

/// <summary>
/// What a process may do with a lease. Whether the leader lives is judged by how long the lease has not changed on this
/// process's own clock, never by comparing clocks.
/// </summary>
internal static class LeaseDecision
{
    public static bool MayTake(V1Lease lease, string identity, TimeSpan unchangedFor)
    {
        var holder = lease.Spec?.HolderIdentity;
        return string.IsNullOrEmpty(holder)
            || string.Equals(holder, identity, StringComparison.Ordinal)
            || unchangedFor > TimeSpan.FromSeconds(lease.Spec?.LeaseDurationSeconds ?? 0);
    }

    /// <summary>The lease as this process would hold it.</summary>
    public static V1Lease Take(V1Lease lease, string identity, TimeSpan duration, DateTimeOffset now)
    {
        var old = lease.Spec;
        var isNew = !string.Equals(old?.HolderIdentity, identity, StringComparison.Ordinal);
        return With(
            lease,
            new V1LeaseSpec
            {
                HolderIdentity = identity,
                LeaseDurationSeconds = (int)Math.Ceiling(duration.TotalSeconds),
                AcquireTime = isNew ? now.UtcDateTime : old?.AcquireTime,
                RenewTime = now.UtcDateTime,
                LeaseTransitions = (old?.LeaseTransitions ?? 0) + (isNew ? 1 : 0),
            }
        );
    }

    /// <summary>The lease that nobody holds, so that the next one need not wait.</summary>
    public static V1Lease Release(V1Lease lease, DateTimeOffset now) =>
        With(
            lease,
            new V1LeaseSpec
            {
                HolderIdentity = "",
                LeaseDurationSeconds = 1,
                AcquireTime = lease.Spec?.AcquireTime,
                RenewTime = now.UtcDateTime,
                LeaseTransitions = lease.Spec?.LeaseTransitions,
            }
        );

    private static V1Lease With(V1Lease lease, V1LeaseSpec spec) => new() { Metadata = lease.Metadata, Spec = spec };
}
