using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes.Kubernetes.Admission;
using SandboxOperator.Sandboxes.Kubernetes.Sessions;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes.Sessions;

public sealed class SessionFactsTests
{
    [Fact]
    public void An_object_of_ours_gives_its_key_back()
    {
        var key = new SessionKey("project", "thread_1", 3);
        Object(key.Name, "project", "thread_1").Key().ShouldBe(key);
    }

    [Theory]
    [InlineData("mine")]
    [InlineData("mine-2")]
    [InlineData("s-0123456789abcdef0123-1")]
    public void An_object_made_by_hand_keeps_its_name(string name)
    {
        var key = Object(name, "project", "thread_1").Key();
        key.Given.ShouldBe(name);
        key.Name.ShouldBe(name);
    }

    [Theory]
    [InlineData("project", "thread_1", true)]
    [InlineData("project", null, true)]
    [InlineData("project", "thread_2", false)]
    [InlineData("other", null, false)]
    [InlineData("other", "thread_1", false)]
    public void A_session_serves_its_project_and_one_thread(string project, string? thread, bool may) =>
        Object("mine", project, thread).MayServe(new SessionKey("project", "thread_1", 1)).ShouldBe(may);

    [Theory]
    [InlineData("2026-11-22T12:00:00Z", true)]
    [InlineData("yesterday", false)]
    public void An_annotation_that_nobody_can_read_counts_for_nothing(string text, bool readable)
    {
        var session = Object("mine", "project", null);
        session.Metadata.Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [SandboxAnnotations.LastActivity] = text,
        };
        session.Reported().HasValue.ShouldBe(readable);
    }

    [Fact]
    public void The_controller_s_rounded_time_of_a_use_is_not_a_use_of_somebody_else()
    {
        var used = new DateTimeOffset(2026, 11, 22, 12, 0, 0, 300, TimeSpan.Zero);
        var session = Object("mine", "project", null);
        session.Metadata.Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [SandboxAnnotations.LastActivity] = "2026-11-22T12:00:00.300Z",
        };
        session.Status = new SandboxSessionStatus { LastActivityAt = used.AddMilliseconds(700) };
        session.LastActivityAt().ShouldBeGreaterThan(used);
        AdmissionPlan.IsUsedElsewhere(session.LastUseAt(), used, used.AddSeconds(2)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, true, null, 60)]
    [InlineData(true, true, "10m", 10)]
    [InlineData(true, true, "3h", 60)]
    [InlineData(true, false, null, null)]
    [InlineData(false, true, null, null)]
    public void A_session_that_is_used_before_the_controller_has_seen_it_start_has_an_end(
        bool agentSuffices,
        bool used,
        string? maxLifetime,
        int? minutes
    )
    {
        var noon = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
        var session = Object("mine", "project", null);
        session.Spec = session.Spec with { MaxLifetime = maxLifetime };
        session.Status = new SandboxSessionStatus
        {
            Phase = SessionPhases.Starting,
            PodRef = new PodReference { Name = "pod", Uid = "uid" },
            Conditions =
            [
                new Condition
                {
                    Type = ConditionTypes.Ready,
                    Status = ConditionStatus.False,
                    Reason = agentSuffices ? ConditionReasons.AwaitingAgent : ConditionReasons.Starting,
                },
            ],
        };
        if (used)
        {
            session.Metadata.Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [SandboxAnnotations.LastActivity] = "2026-11-22T12:00:00Z",
            };
        }

        session.Describe().ExpiresAt.ShouldBe(minutes is { } after ? noon.AddMinutes(after) : null);

        var controllers = noon.AddMinutes(7);
        session.Status = session.Status with { ExpiresAt = controllers };
        session.Describe().ExpiresAt.ShouldBe(controllers);
    }

    [Fact]
    public void Reports_never_go_back()
    {
        var noon = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
        var session = Object("mine", "project", null);
        var patch = SessionObjects.Report(session, noon).ShouldNotBeNull();
        session.Metadata.Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [SandboxAnnotations.LastActivity] = (string)
                patch["metadata"]!["annotations"]![SandboxAnnotations.LastActivity]!,
        };
        session.Reported().ShouldBe(noon);
        SessionObjects.Report(session, noon).ShouldBeNull();
        SessionObjects.Report(session, noon.AddSeconds(-1)).ShouldBeNull();
        SessionObjects.Report(session, noon.AddSeconds(1)).ShouldNotBeNull();
    }

    [Fact]
    public void A_session_without_a_readable_idle_timeout_has_an_hour()
    {
        var session = Object("mine", "project", null);
        session.Spec = session.Spec with { IdleTimeout = "soon" };
        session.IdleTimeout().ShouldBe(TimeSpan.FromHours(1));
    }

    private static SandboxSession Object(string name, string project, string? thread)
    {
        var session = new SandboxSession { Metadata = new V1ObjectMeta { Name = name } };
        session.Spec = session.Spec with { Project = project, ThreadId = thread };
        return session;
    }
}
