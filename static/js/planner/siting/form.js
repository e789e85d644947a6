// The siting form: what it asks as the API's body, and the other way round.

// Fields of a question that have no place in the form are kept as they came and asked again.
const SHOWN = new Set([
  'model', 'p', 'standard_m', 'standard_seconds', 'region', 'demand', 'candidates', 'spacing_m', 'drawn', 'fixed',
  'forbidden', 'forbidden_areas', 'families', 'at', 'share', 'min_spacing_m', 'time_limit_seconds', 'datum', 'alternatives', 'differ', 'budget', 'backup_share', 'capacity',
]);

export function makeForm(form, datum) {
  const values = form.elements;
  const districts = JSON.parse(document.getElementById('content').dataset.districts);
  let kept = {};

  function fit() {
    const fewest = values.model.value === 'lscp';
    document.getElementById('p-field').hidden = fewest;
    values.p.disabled = fewest;
    document.getElementById('share-field').hidden = !fewest;
    const plain = values.model.value === 'mclp';
    document.getElementById('others-field').hidden = !plain;
    document.getElementById('backup-field').hidden = !plain;
    document.getElementById('capacity-field').hidden = !plain;
    document.getElementById('rules-field').hidden = !plain && values.model.value !== 'equity';
    document.getElementById('moment').hidden = values.when.value !== 'at';
    const others = Object.keys(kept);
    document.getElementById('kept').hidden = !others.length;
    document.getElementById('kept-names').textContent = others.join(', ');
  }

  /** What the form asks, without the places on the map. */
  function question() {
    const model = values.model.value;
    const amount = Number(values.amount.value);
    const body = {
      ...kept,
      model,
      candidates: values.candidates.value,
      spacing_m: Number(values.spacing.value),
      time_limit_seconds: Number(values.seconds.value),
      families: Array.from(form.querySelectorAll('[name="family"]:checked'), (one) => one.value),
      datum,
    };
    if (values.unit.value === 'm') body.standard_m = amount;
    else body.standard_seconds = amount * 60;
    if (model === 'lscp') body.share = Number(values.share.value) / 100;
    else body.p = Number(values.p.value);
    if (values.region.value) body.region = values.region.value;
    if (values.demand.value) body.demand = values.demand.value;
    if (values.min_spacing.value) body.min_spacing_m = Number(values.min_spacing.value);
    if (values.when.value === 'at') body.at = values.at.value;
    const quota = {};
    if (values.least.value) quota.min = Number(values.least.value);
    if (values.most_each.value) quota.max = Number(values.most_each.value);
    if (model === 'mclp' || model === 'equity') {
      if (Object.keys(quota).length) body.quotas = Object.fromEntries((districts[values.region.value] || []).map((code) => [code, quota]));
      if (values.budget.value) body.budget = Number(values.budget.value);
    }
    if (model === 'mclp' && values.capacity.value) body.capacity = Number(values.capacity.value);
    if (model === 'mclp' && Number(values.backup.value)) body.backup_share = Number(values.backup.value) / 100;
    if (model === 'mclp' && Number(values.alternatives.value)) {
      body.alternatives = Number(values.alternatives.value);
      body.differ = Number(values.differ.value);
    }
    return body;
  }

  function choose(select, value) {
    // What is no longer offered is offered again, so that nothing is silently replaced.
    if (!Array.from(select.options).some((one) => one.value === value)) select.add(new Option(value, value));
    select.value = value;
  }

  /** Fill the form with a question. */
  function fill(given) {
    choose(values.model, given.model || 'mclp');
    if (given.p) values.p.value = given.p;
    if (given.share !== undefined) values.share.value = Number((given.share * 100).toFixed(6));
    const minutes = given.standard_seconds / 60;
    values.unit.value = given.standard_m ? 'm' : 'min';
    values.amount.value = given.standard_m || Number(minutes.toFixed(6));
    choose(values.region, given.region || '');
    if (given.demand) choose(values.demand, given.demand);
    choose(values.candidates, given.candidates || 'generated');
    if (given.spacing_m) values.spacing.value = given.spacing_m;
    values.min_spacing.value = given.min_spacing_m || '';
    if (given.time_limit_seconds) values.seconds.value = given.time_limit_seconds;
    form.querySelectorAll('[name="family"]').forEach((one) => {
      one.checked = !given.families || given.families.includes(one.value);
    });
    values.when.value = given.at ? 'at' : 'any';
    if (given.at) values.at.value = given.at;
    values.alternatives.value = given.alternatives || 0;
    values.budget.value = given.budget || '';
    values.capacity.value = given.capacity || '';
    values.backup.value = Number(((given.backup_share || 0) * 100).toFixed(6));
    // Quotas that are the same in all districts have fields; others are kept as they are.
    const quotas = Object.entries(given.quotas || {});
    const all = districts[given.region || ''] || [];
    const same = quotas.length && quotas.length === all.length && all.every((code) => JSON.stringify(given.quotas[code]) === JSON.stringify(quotas[0][1]));
    values.least.value = same ? quotas[0][1].min ?? '' : '';
    values.most_each.value = same ? quotas[0][1].max ?? '' : '';
    if (given.differ) values.differ.value = given.differ;
    kept = Object.fromEntries(Object.entries(given).filter(([name]) => !SHOWN.has(name) && !(same && name === 'quotas')));
    fit();
  }

  document.getElementById('kept-drop').addEventListener('click', () => {
    kept = {};
    fit();
    form.dispatchEvent(new Event('change'));
  });
  return { fit, question, fill };
}
