namespace SandboxOperator.Agent.Init;

/// <summary>
/// Decides about the disk, without I/O. Being over the limit is no crime, growing there is: a call that deletes files
/// or only reads must go on, or nothing could ever get better.
/// </summary>
internal sealed class DiskJudge
{
    /// <summary>How long after a warning growing is not yet held against the code.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly long _limit;
    private readonly long _slack;
    private long _allowed;
    private long _last;
    private int _call = -1;
    private int _warnedCall = -1;
    private TimeSpan _warnedAt;
    private bool _graceIsOver;

    public DiskJudge(long limit)
    {
        _limit = limit;
        _slack = limit / 100;
        _allowed = limit;
    }

    /// <summary>Whether the last measurement was over the limit, or a next one may be after this much has been added.</summary>
    public bool MayBeOver(long added) => Volatile.Read(ref _last) + Math.Max(0, added) > _limit;

    /// <summary>
    /// Judges what is there before a call starts. It may stay, and is not that call's; but what the one before it has
    /// added unseen may not be twice the limit.
    /// </summary>
    public DiskAction Leave(long used)
    {
        Volatile.Write(ref _last, used);
        if (used <= _limit * 2 || used <= _allowed)
        {
            return DiskAction.None;
        }

        _allowed = used + _slack;
        return DiskAction.Kill;
    }

    /// <summary>Judges a measurement made during a call, or after the call of that number.</summary>
    public DiskAction Judge(long used, int call, TimeSpan now)
    {
        if (call != _call)
        {
            // What an earlier call has left over the limit may stay.
            _call = call;
            _allowed = _last <= _limit ? _limit : _last + _slack;
        }

        Volatile.Write(ref _last, used);
        if (used <= _allowed)
        {
            _allowed = Math.Max(_limit, Math.Min(_allowed, used + _slack));
            return DiskAction.None;
        }

        if (used > _limit * 2)
        {
            _allowed = used + _slack;
            return DiskAction.Kill;
        }

        if (_warnedCall != call)
        {
            _warnedCall = call;
            _warnedAt = now;
            _graceIsOver = false;
            _allowed = used + _slack;
            return DiskAction.Warn;
        }

        if (now - _warnedAt < Grace)
        {
            return DiskAction.None;
        }

        // What was added before the grace was over, however late that is seen, was not added after it.
        var grewAfterwards = _graceIsOver;
        _graceIsOver = true;
        _allowed = used + _slack;
        return grewAfterwards ? DiskAction.Kill : DiskAction.None;
    }
}
