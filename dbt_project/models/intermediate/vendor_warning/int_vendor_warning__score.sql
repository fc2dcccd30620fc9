-- What a day's evidence weighs: the logarithm of how much likelier it is from a vendor whose share has shifted than from one as usual.
-- Above 0 speaks for a shift, below 0 against it. What leaves a stage takes its weight away again.
with evidence_days as (
    select * from {{ ref('int_vendor_warning__evidence_day') }}
),

evidence as (
    {{ warning_stages() }}
),

lots as (
    select * from {{ ref('int_vendor_warning__event') }}
    where rule_id = 'quality_dip'
),

baselines as (
    select * from {{ ref('int_vendor_warning__baseline') }}
),

stage_scores as (
    select
        evidence_days.rule_id,
        evidence_days.vendor_key,
        evidence_days.known_date,
        baselines.month,
        evidence_days.events * ln(
            (baselines.shifted_share * evidence.share_of_bad + (1 - baselines.shifted_share) * evidence.share_of_good)
            / (baselines.tolerated_share * evidence.share_of_bad + (1 - baselines.tolerated_share) * evidence.share_of_good)
        ) as score
    from evidence_days
    inner join evidence
        on evidence_days.rule_id = evidence.rule_id and evidence_days.stage = evidence.stage
    inner join baselines
        on
            evidence_days.rule_id = baselines.rule_id
            and evidence_days.vendor_key = baselines.vendor_key
            and {{ month_of('evidence_days.known_date') }} = baselines.month
    where evidence_days.rule_id <> 'quality_dip'
),

-- defective pieces come in company: a lot's number of them is beta-binomial
lot_scores as (
    select
        baselines.rule_id,
        lots.vendor_key,
        lots.known_date,
        baselines.month,
        {{ beta_binomial_score('lots.bad', 'lots.amount', 'baselines.shifted_share', '(1 / lots.overdispersion - 1)') }}
        - ({{ beta_binomial_score('lots.bad', 'lots.amount', 'baselines.tolerated_share', '(1 / lots.overdispersion - 1)') }}) as score
    from lots
    inner join baselines
        on
            lots.rule_id = baselines.rule_id
            and lots.vendor_key = baselines.vendor_key
            and {{ month_of('lots.known_date') }} = baselines.month
),

scores as (
    select * from stage_scores
    union all
    select * from lot_scores
)

select
    scores.rule_id,
    scores.vendor_key,
    scores.known_date,
    -- sums of doubles differ by their order and the gamma function by its engine, and a threshold must not depend on it
    round(sum(scores.score), 6) as score,
    max(baselines.alert_threshold) as alert_threshold,
    max(baselines.watch_threshold) as watch_threshold,
    max(baselines.recovery_threshold) as recovery_threshold,
    max(baselines.retell_days) as retell_days,
    max(baselines.lapse_days) as lapse_days
from scores
inner join baselines
    on scores.rule_id = baselines.rule_id and scores.vendor_key = baselines.vendor_key and scores.month = baselines.month
group by scores.rule_id, scores.vendor_key, scores.known_date
